"""The match spec: one frozen document that defines a matching problem."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

FieldKind = Literal["name", "text", "id_code", "number", "date", "address", "category"]
PiiClass = Literal["direct", "quasi", "none"]
Band = Literal["match", "review", "no_match"]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Frozen(BaseModel):
    """Base of every section: frozen, and unknown keys are faults."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldSpec(Frozen):
    """One field of a record.

    ``column`` is the input column (the field's name if not given). A field with
    ``compare: false`` stays in the lake and goes nowhere else. The field's evidence
    is read off its first comparator: at or above ``agrees_at`` it agrees, below
    ``disagrees_below`` it disagrees, between the two it partly agrees.
    """

    kind: FieldKind
    pii: PiiClass
    label: str
    column: str | None = None
    compare: bool = True
    comparators: tuple[str, ...] | None = None
    agrees_at: Share = 0.92
    disagrees_below: Share = 0.7


class Sources(Frozen):
    """What the two sources are called, and whether they are alike (then scores are symmetric)."""

    left: str = "left"
    right: str = "right"
    alike: bool = True


class TfidfTopK(Frozen):
    """Sparse character n-gram TF-IDF: each left record's ``top_k`` nearest right records."""

    fields: tuple[str, ...]
    ngram: Annotated[int, Field(ge=2, le=5)] = 3
    top_k: Annotated[int, Field(ge=1, le=200)] = 10
    min_similarity: Share = 0.1


class CandidateSpec(Frozen):
    """Which pairs are worth scoring.

    A rule is a list of record features that must all be equal (``surname__phonetic``);
    a rule that would make more than ``max_pairs_per_rule`` pairs is refused.
    """

    rules: tuple[tuple[str, ...], ...]
    tfidf: TfidfTopK | None = None
    encoder_top_k: Annotated[int, Field(ge=0, le=200)] = 0
    max_pairs_per_rule: Annotated[int, Field(ge=1)] = 5_000_000


class SplitSpec(Frozen):
    """Shares of the entities in each part; no record stands in two parts."""

    train: Share = 0.6
    calibrate: Share = 0.2
    test: Share = 0.2


class EncoderSpec(Frozen):
    """The character n-gram bi-encoder; ``share`` of the training entities teach it alone."""

    fields: tuple[str, ...]
    ngram: Annotated[int, Field(ge=2, le=5)] = 3
    buckets: Annotated[int, Field(ge=256, le=2**20)] = 8192
    dimension: Annotated[int, Field(ge=8, le=1024)] = 64
    epochs: Annotated[int, Field(ge=1, le=200)] = 8
    batch_size: Annotated[int, Field(ge=8, le=4096)] = 256
    learning_rate: Annotated[float, Field(gt=0)] = 0.01
    temperature: Annotated[float, Field(gt=0)] = 0.07
    share: Annotated[float, Field(gt=0, lt=1)] = 0.2


class ModelSpec(Frozen):
    """The XGBoost scorer; every comparison's constraint keeps more agreement from lowering a score.

    ``missing_augmentation`` is the share of training pairs repeated with fields blanked,
    ``counter_examples`` that of true training pairs repeated with another record's identity fields.
    """

    trees: Annotated[int, Field(ge=1, le=5000)] = 150
    depth: Annotated[int, Field(ge=1, le=12)] = 3
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.15
    min_child_weight: Annotated[float, Field(ge=0)] = 2.0
    early_stopping: Annotated[int, Field(ge=1)] = 20
    missing_augmentation: Share = 0.4
    counter_examples: Share = 0.3
    seed: int = 20


class Costs(Frozen):
    """What a wrong match, a missed match and one clerical review cost, in one unit."""

    false_match: Annotated[float, Field(gt=0)]
    missed_match: Annotated[float, Field(gt=0)]
    review: Annotated[float, Field(gt=0)]


class Floors(Frozen):
    """Floors that bands must hold with the given confidence (one-sided Wilson bound)."""

    match_precision: Share = 0.0
    no_match_npv: Share = 0.0
    confidence: Annotated[float, Field(gt=0.5, lt=1)] = 0.95


class Gates(Frozen):
    """What a version must show on the test split before it may be released."""

    f1_min: Share = 0.0
    match_precision_min: Share = 0.0
    recall_min: Share = 0.0
    pairs_completeness_min: Share = 0.0
    log_loss_max: Annotated[float, Field(gt=0)] = 1.0
    review_share_max: Share = 1.0
    behaviour_pass_min: Share = 0.95
    slice_f1_min: Share = 0.0
    champion_f1_loss_max: Share = 0.005


class SliceSpec(Frozen):
    """Pairs to report apart: where ``field`` is missing on a side, present on both, or equals ``value``."""

    name: str
    field: str
    when: Literal["missing", "present", "equals"]
    value: str | None = None


class GoldenPair(Frozen):
    """A synthetic pair with the band it must get; values must not be a real person's."""

    name: str
    left: dict[str, str | float | None]
    right: dict[str, str | float | None]
    expect: Band


class FieldQuality(Frozen):
    """Expectations on one field. Row-level ones quarantine a row, ``present_share`` judges the batch."""

    present_share: Share | None = None
    required: bool = False
    max_length: Annotated[int, Field(ge=1)] | None = None
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    allowed: tuple[str, ...] | None = None


class LabelQuality(Frozen):
    """Expectations on the labelled pairs."""

    min_positives: Annotated[int, Field(ge=1)] = 50
    min_positive_share: Share = 0.0
    max_positive_share: Share = 1.0
    max_unknown_id_share: Share = 0.01
    max_contradicting: Annotated[int, Field(ge=0)] = 0


class QualitySpec(Frozen):
    """Data-quality expectations; a batch beyond the limits stops the pipeline."""

    fields: dict[str, FieldQuality] = {}
    labels: LabelQuality = LabelQuality()
    min_rows: Annotated[int, Field(ge=1)] = 1
    max_quarantined_share: Share = 0.05


class MonitoringSpec(Frozen):
    """When monitoring raises an alarm.

    ``comparison_distance`` is Wasserstein distance in units of the reference's standard
    deviation; ``band_share_change`` and ``missing_share_change`` are absolute shares.
    """

    comparison_distance: Annotated[float, Field(gt=0)] = 0.2
    score_distance: Annotated[float, Field(gt=0)] = 0.2
    band_share_change: Share = 0.1
    missing_share_change: Share = 0.1
    f1_loss: Share = 0.03
    min_decisions: Annotated[int, Field(ge=1)] = 100
    sample: Annotated[int, Field(ge=100, le=20_000)] = 10_000


class ReasonTexts(Frozen):
    """The catalogue: a versioned text per reason code; codes without one get a text from the label."""

    version: int = 1
    texts: dict[str, str] = {}


class MatchSpec(Frozen):
    """A matching problem. Everything else derives from it.

    ``identity`` names fields of which at least one must agree in a match (a household shares all but
    these): training gets counter-examples in which none does, and a match in which none does goes to review.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,40}$")]
    version: Annotated[int, Field(ge=1)]
    description: str
    record_id: str
    sources: Sources = Sources()
    multiplicity: Literal["one_to_one", "one_to_many", "many_to_many"] = "many_to_many"
    labels: Literal["complete", "partial"] = "complete"
    fields: dict[str, FieldSpec]
    identity: tuple[str, ...] = ()
    candidates: CandidateSpec
    split: SplitSpec = SplitSpec()
    encoder: EncoderSpec | None = None
    model: ModelSpec = ModelSpec()
    costs: Costs
    floors: Floors = Floors()
    gates: Gates = Gates()
    slices: tuple[SliceSpec, ...] = ()
    golden: tuple[GoldenPair, ...] = ()
    quality: QualitySpec = QualitySpec()
    monitoring: MonitoringSpec = MonitoringSpec()
    reasons: ReasonTexts = ReasonTexts()

    @property
    def compared(self) -> dict[str, FieldSpec]:
        """The fields that take part in comparisons, in the spec's order."""
        return {name: field for name, field in self.fields.items() if field.compare}

    def column_of(self, field: str) -> str:
        """The input column that ``field`` is read from."""
        return self.fields[field].column or field
