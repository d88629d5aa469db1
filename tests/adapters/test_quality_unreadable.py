"""Values that cannot be read in their column's notation: counted, and quarantined only beyond the column's limit."""

import pandas as pd
import pytest

from matchwright.adapters.quality import BatchResult, render_report, validate_batch
from matchwright.core.records import conform, unreadable
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.watching import FieldQuality, LabelQuality, QualitySpec

CANARY = "12,77 piepmatz"


def validated(spec: MatchSpec, prices: list[str | None], **quality: object) -> tuple[MatchSpec, BatchResult]:
    """Validate products with these prices in the left table, and with readable ones in the right table."""
    limits = QualitySpec(max_quarantined_share=1.0, labels=LabelQuality(min_positives=1), **quality)
    spec = spec.model_copy(update={"quality": limits, "missing": ("n/a",)})
    parts = []
    for source, values in (("left", prices), ("right", ["1"] * len(prices))):
        table = pd.DataFrame({spec.record_id: [str(n) for n in range(len(values))]})
        table = table.assign(**{spec.column_of(name): None for name in spec.fields}).assign(price=values)
        parts.append(conform(table, spec, source).assign(**unreadable(table, spec, source)))
    records = pd.concat(parts, ignore_index=True)
    flags = [name for name in records if name.endswith("__unreadable")]
    records[flags] = records[flags].eq(True)
    pairs = pd.DataFrame({"left_key": ["left:0"], "right_key": ["right:0"], "label": [1]})
    return spec, validate_batch(records, pairs, spec, "batch")


def checks_of(outcome: BatchResult) -> list[tuple[str, str, float, float, int, str]]:
    return [
        (check.source, check.what, check.observed, check.at_least, check.failed_rows, check.outcome)
        for check in outcome.result.checks
        if check.field == "price" and "readable" in check.what
    ]


def test_readable_and_missing_values_make_no_check(products_spec):
    _, outcome = validated(products_spec, ["5", "1,299.00", None, "n/a"])
    assert checks_of(outcome) == []
    assert len(outcome.records) == 8


def test_up_to_the_limit_unreadable_values_are_counted_and_their_rows_stay(products_spec):
    _, outcome = validated(products_spec, [*["5"] * 19, CANARY])
    assert checks_of(outcome) == [("left", "must be readable as a number", 0.95, 0.95, 1, "passed")]
    assert len(outcome.records) == 40
    assert outcome.records["price"].isna().sum() == 1
    assert not [name for name in outcome.records if "unreadable" in name]


def test_beyond_the_limit_the_rows_are_quarantined_with_a_reason(products_spec):
    spec, outcome = validated(products_spec, [*["5"] * 18, CANARY, None])
    assert checks_of(outcome) == [("left", "must be readable as a number", 1 - 1 / 19, 0.95, 1, "quarantined")]
    assert outcome.quarantine[["record_key", "reasons"]].to_numpy().tolist() == [
        ["left:18", "price must be readable as a number"]
    ]
    assert len(outcome.records) == 39
    page = render_report(outcome.result, spec, "the lake")
    assert "must be readable as a number" in page
    assert "piepmatz" not in page + outcome.result.model_dump_json()


@pytest.mark.parametrize(
    ("quality", "quarantined"),
    [
        ({"unreadable_share": 0.0}, 1),
        ({"unreadable_share": 0.5}, 0),
        ({"unreadable_share": 0.5, "fields": {"price": FieldQuality(unreadable_share=0.0)}}, 1),
        ({"unreadable_share": 0.0, "fields": {"price": FieldQuality(unreadable_share=0.5)}}, 0),
        ({"unreadable_share": 0.0, "fields": {"price": FieldQuality(minimum=0)}}, 1),
    ],
)
def test_a_fields_own_limit_comes_before_that_of_the_spec(products_spec, quality, quarantined):
    _, outcome = validated(products_spec, [*["5"] * 9, CANARY], **quality)
    assert len(outcome.quarantine) == quarantined


def test_words_for_an_empty_cell_and_unreadable_values_lower_the_present_share(products_spec):
    fields = {"price": FieldQuality(present_share=0.9)}
    _, outcome = validated(products_spec, [*["5"] * 8, "n/a", CANARY], unreadable_share=1.0, fields=fields)
    stopped = [(check.source, check.what, check.observed) for check in outcome.result.stopped_by]
    assert stopped == [("left", "share of rows with a value", 0.8)]
    share = next(one.share for one in outcome.result.presence if (one.source, one.field) == ("left", "price"))
    assert share == 0.8
