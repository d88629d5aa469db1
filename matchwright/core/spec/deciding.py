"""The sections about decisions: what errors cost, and what a version must reach."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from matchwright.frozen import Frozen, Share

Band = Literal["match", "review", "no_match"]
CalibrationMethod = Literal["none", "platt", "isotonic"]


class Costs(Frozen):
    """What a wrong match, a missed match and one clerical review cost, in one unit."""

    false_match: Annotated[float, Field(gt=0)]
    missed_match: Annotated[float, Field(gt=0)]
    review: Annotated[float, Field(gt=0)]


class PrecisionConstraints(Frozen):
    """The precision that the bands must have, with the given confidence.

    The confidence accounts for the search for the thresholds.
    """

    match: Share = 0.0
    no_match: Share = 0.0
    confidence: Annotated[float, Field(gt=0.5, lt=1)] = 0.95

    @property
    def any(self) -> bool:
        """Whether at least one band has a constraint."""
        return self.match > 0 or self.no_match > 0


class CalibrationSpec(Frozen):
    """The calibration methods to compare."""

    methods: Annotated[tuple[CalibrationMethod, ...], Field(min_length=1)] = get_args(CalibrationMethod)


class Gates(Frozen):
    """The limits that a version must keep on the test split before it may be released."""

    f1_min: Share = 0.0
    match_precision_min: Share = 0.0
    recall_min: Share = 0.0
    pairs_completeness_min: Share = 0.0
    log_loss_max: Annotated[float, Field(gt=0)] = 1.0
    review_share_max: Share = 1.0
    behaviour_pass_min: Share = 0.95
    slice_f1_min: Share = 0.0
    pairs_alone_f1_min: Share = 0.0
    champion_f1_loss_max: Share = 0.005


class SliceSpec(Frozen):
    """Pairs with metrics of their own: ``field`` is missing on a side, present on both, or equals ``value``."""

    name: str
    field: str
    when: Literal["missing", "present", "equals"]
    value: str | None = None


class GoldenPair(Frozen):
    """A synthetic pair with the band it must get. Its values must not be those of a real person."""

    name: str
    left: dict[str, str | float | None]
    right: dict[str, str | float | None]
    expect: Band
