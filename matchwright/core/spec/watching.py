"""The sections about data quality and monitoring."""

from typing import Annotated

from pydantic import Field

from matchwright.frozen import Frozen, Share


class FieldQuality(Frozen):
    """Expectations on one field.

    ``present_share`` is for the whole batch; all others quarantine single rows. ``unreadable_share`` is for kinds
    ``number`` and ``date``: up to this share of a source's values may be unreadable and count as missing. Beyond it,
    their rows are quarantined. Without it, the spec's ``quality.unreadable_share`` counts.
    """

    present_share: Share | None = None
    unreadable_share: Share | None = None
    required: bool = False
    max_length: Annotated[int, Field(ge=1)] | None = None
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    allowed: tuple[str, ...] | None = None


class LabelQuality(Frozen):
    """Expectations on the labelled pairs."""

    min_positives: Annotated[int, Field(ge=1)] = 10
    min_positive_share: Share = 0.0
    max_positive_share: Share = 1.0
    max_unknown_id_share: Share = 0.01
    max_contradicting: Annotated[int, Field(ge=0)] = 0


class QualitySpec(Frozen):
    """Data-quality expectations. A batch beyond the limits stops the pipeline.

    ``unreadable_share`` is the limit of every field of kind ``number`` or ``date`` without its own.
    """

    fields: dict[str, FieldQuality] = {}
    labels: LabelQuality = LabelQuality()
    min_rows: Annotated[int, Field(ge=1)] = 1
    unreadable_share: Share = 0.05
    max_quarantined_share: Share = 0.05


class MonitoringSpec(Frozen):
    """When monitoring raises an alarm.

    ``comparison_distance`` is a Wasserstein distance in standard deviations of the reference.
    ``band_share_change`` and ``missing_share_change`` are absolute shares.
    """

    comparison_distance: Annotated[float, Field(gt=0)] = 0.2
    score_distance: Annotated[float, Field(gt=0)] = 0.2
    band_share_change: Share = 0.1
    missing_share_change: Share = 0.1
    f1_loss: Share = 0.03
    min_decisions: Annotated[int, Field(ge=1)] = 100
    sample: Annotated[int, Field(ge=100, le=20_000)] = 10_000
