"""The expectations that follow from the match spec, as plain data."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from matchwright.core.spec import MatchSpec
from matchwright.core.spec.watching import FieldQuality

ALL_FIELDS = "all fields"


@dataclass(frozen=True)
class Expected:
    """One expectation: Great Expectations' type and arguments, and their meaning in words.

    ``what`` says what each row must fulfil, or which figure of the table is limited. The limits apply to the share of
    rows that pass, or to that figure.
    """

    field: str
    what: str
    type: str
    arguments: dict[str, Any]
    unit: Literal["share", "count"] = "share"
    quarantines: bool = False
    at_least: float | None = None
    at_most: float | None = None


def record_expectations(spec: MatchSpec) -> list[Expected]:
    """Expectations on the conformed records of one source."""
    expected = [
        _each_row("record_id", "must be present", "expect_column_values_to_not_be_null"),
        _each_row("record_id", "must be unique in its source", "expect_column_values_to_be_unique"),
        Expected(
            ALL_FIELDS,
            "number of rows",
            "expect_table_row_count_to_be_between",
            {"min_value": spec.quality.min_rows},
            unit="count",
            at_least=spec.quality.min_rows,
        ),
    ]
    for name, quality in spec.quality.fields.items():
        expected += _of_field(name, quality)
    return expected


def pair_expectations(spec: MatchSpec) -> list[Expected]:
    """Expectations on the table of :func:`matchwright.adapters.quality.pairs.pair_facts`."""
    if spec.labels == "none":
        return []
    labels = spec.quality.labels
    unlabelled = spec.quality.max_quarantined_share
    return [
        _true("pair", "must name records that exist", "records_exist", at_least=1 - labels.max_unknown_id_share),
        _true("pair", "must name records that are not quarantined", "records_clean"),
        _true("pair", "must name two different records", "records_differ"),
        _true("label", "must be yes or no", "label_known", at_least=1 - unlabelled),
        _true("label", "must be the same in all rows of the pair", "label_agrees"),
        _true("pair", "must occur once", "first"),
        Expected(
            "label",
            "pairs with contradicting labels",
            "expect_column_sum_to_be_between",
            {"column": "contradictions", "max_value": labels.max_contradicting},
            unit="count",
            at_most=labels.max_contradicting,
        ),
    ]


def label_expectations(spec: MatchSpec) -> list[Expected]:
    """Expectations on the labels of the pairs that are left."""
    if spec.labels == "none":
        return []
    labels = spec.quality.labels
    return [
        Expected(
            "label",
            "matching pairs",
            "expect_column_sum_to_be_between",
            {"column": "label", "min_value": labels.min_positives},
            unit="count",
            at_least=labels.min_positives,
        ),
        Expected(
            "label",
            "share of matching pairs",
            "expect_column_mean_to_be_between",
            {"column": "label", "min_value": labels.min_positive_share, "max_value": labels.max_positive_share},
            at_least=labels.min_positive_share or None,
            at_most=labels.max_positive_share if labels.max_positive_share < 1 else None,
        ),
    ]


def _of_field(name: str, quality: FieldQuality) -> Iterator[Expected]:
    if quality.present_share is not None:
        yield Expected(
            name,
            "share of rows with a value",
            "expect_column_values_to_not_be_null",
            {"column": name, "mostly": quality.present_share},
            at_least=quality.present_share,
        )
    if quality.required:
        yield _each_row(name, "must be present", "expect_column_values_to_not_be_null")
    if quality.pattern is not None:
        what = f"must match the pattern {quality.pattern}"
        yield _each_row(name, what, "expect_column_values_to_match_regex", regex=quality.pattern)
    if quality.max_length is not None:
        what = f"must have at most {quality.max_length} characters"
        yield _each_row(name, what, "expect_column_value_lengths_to_be_between", max_value=quality.max_length)
    if quality.minimum is not None:
        what = f"must be at least {quality.minimum:g}"
        yield _each_row(name, what, "expect_column_values_to_be_between", min_value=quality.minimum)
    if quality.maximum is not None:
        what = f"must be at most {quality.maximum:g}"
        yield _each_row(name, what, "expect_column_values_to_be_between", max_value=quality.maximum)
    if quality.allowed is not None:
        what = f"must be one of the {len(quality.allowed)} allowed values"
        yield _each_row(name, what, "expect_column_values_to_be_in_set", value_set=list(quality.allowed))


def _each_row(name: str, what: str, kind: str, **arguments: Any) -> Expected:
    return Expected(name, what, kind, {"column": name, **arguments}, quarantines=True)


def _true(name: str, what: str, column: str, at_least: float | None = None) -> Expected:
    arguments: dict[str, Any] = {"column": column, "value_set": [True]}
    if at_least is not None:
        arguments["mostly"] = at_least
    return Expected(name, what, "expect_column_values_to_be_in_set", arguments, quarantines=True, at_least=at_least)
