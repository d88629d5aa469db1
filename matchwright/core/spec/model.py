"""The match spec: one document that defines a matching problem."""

from typing import Annotated, Literal

from pydantic import Field

from matchwright.core.spec.blocking import CandidateSpec
from matchwright.core.spec.deciding import CalibrationSpec, Costs, Gates, GoldenPair, PrecisionConstraints, SliceSpec
from matchwright.core.spec.fields import FieldSpec, MissingWord, RecordEvidence, Sources
from matchwright.core.spec.learning import ModelSpec, SplitSpec
from matchwright.core.spec.watching import MonitoringSpec, QualitySpec
from matchwright.frozen import Frozen

Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]


class ReasonTexts(Frozen):
    """The texts of reason codes, with a version. A code without a text gets one from the label of its field.

    ``texts`` are in ``language``. ``translations`` hold texts by language, and the name of each field under
    ``{FIELD}_LABEL``. English and German texts are always there.
    """

    version: int = 1
    language: Language = "en"
    texts: dict[str, str] = {}
    translations: dict[Language, dict[str, str]] = {}


class MatchSpec(Frozen):
    """A matching problem. Everything else derives from it.

    ``identity`` names fields. At least one of them must agree in a match, because people of one household share the
    other fields. Training gets counter-examples in which none agrees, and a match in which none agrees goes to review.
    ``individual`` names those identity fields that members of one household do not share, such as the given name but
    not the surname. Training also gets counter-examples in which only these differ.
    ``labels`` says what the pairs table holds: every true pair (``complete``) or the labelled pairs (``partial``).
    With ``none`` there is no table yet. This is an unsupervised start: a person decides every likely match.
    ``missing`` lists words for an empty cell, such as ``n/a``. A field may have a list of its own.
    """

    format: Literal[2]
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,40}$")]
    version: Annotated[int, Field(ge=1)]
    description: str
    record_id: str
    sources: Sources = Sources()
    multiplicity: Literal["one_to_one", "one_to_many", "many_to_many"] = "many_to_many"
    labels: Literal["complete", "partial", "none"] = "complete"
    missing: tuple[MissingWord, ...] = ()
    fields: dict[str, FieldSpec]
    record: RecordEvidence | None = None
    identity: tuple[str, ...] = ()
    individual: tuple[str, ...] = ()
    candidates: CandidateSpec
    split: SplitSpec = SplitSpec()
    model: ModelSpec = ModelSpec()
    calibration: CalibrationSpec = CalibrationSpec()
    costs: Costs
    precision_constraints: PrecisionConstraints = PrecisionConstraints()
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

    def missing_in(self, field: str) -> tuple[str, ...]:
        """The words that mean an empty cell in ``field``."""
        own = self.fields[field].missing
        return self.missing if own is None else own

    @property
    def one_notation(self) -> bool:
        """Whether both sources are written in the same notation."""
        return not any(field.decimal_right or field.order_right for field in self.fields.values())
