import logging
import re
from typing import Any

import pandas as pd
import pytest

from matchwright.adapters.quality import BatchResult, QualityResult, render_report, validate_batch
from matchwright.adapters.quality.run import run_expectations
from matchwright.adapters.quality.suite import Expected
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.watching import FieldQuality, LabelQuality, QualitySpec
from matchwright.errors import QualityError

CANARY = "canaria.piepmatz"


def spec_with_quality(spec: MatchSpec, labels: dict[str, Any] | None = None, **quality: Any) -> MatchSpec:
    """Return the spec with only these quality expectations. The other limits are so wide that a few rows pass them."""
    wide = {"min_positives": 1, "max_unknown_id_share": 1.0, "max_contradicting": 100}
    expected = QualitySpec(
        **{"max_quarantined_share": 1.0, **quality, "labels": LabelQuality(**{**wide, **(labels or {})})}
    )
    return spec.model_copy(update={"quality": expected})


def records(spec: MatchSpec, *keys: str | None, **values: list[Any]) -> pd.DataFrame:
    """Conformed records. Each row has a key such as ``left:1``; ``left:`` is a missing id. Some fields have values."""
    rows = [{"source": key.split(":")[0], "record_id": key.split(":")[1] or None} for key in keys if key]
    frame = pd.DataFrame(rows)
    frame.insert(0, "record_key", [key if row["record_id"] else None for key, row in zip(keys, rows, strict=True)])
    for name, field in spec.fields.items():
        blank = [float("nan") if field.kind == "number" else None] * len(rows)
        frame[name] = pd.Series(values.get(name, blank), dtype=float if field.kind == "number" else object)
    return frame


def pairs(*rows: tuple[str | None, str | None, int | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["left_key", "right_key", "label"])


def reasons(outcome: BatchResult, table: str) -> dict[str, str]:
    rows = outcome.quarantine[outcome.quarantine["table"] == table]
    return dict(zip(rows["record_key"], rows["reasons"], strict=True))


def stop_reasons(outcome: BatchResult) -> list[str]:
    return [f"{check.subject}: {check.what}" for check in outcome.result.stopped_by]


SIX_KEYS = ["left:1", "left:2", "left:3", "right:1", "right:2", "right:3"]


@pytest.mark.parametrize(
    ("field", "expectation", "good", "bad", "reason"),
    [
        ("title", {"required": True}, "toaster", None, "title must be present"),
        ("brand", {"pattern": "^[a-z]+$"}, "acme", CANARY, "brand must match the pattern ^[a-z]+$"),
        ("brand", {"max_length": 5}, "acme", CANARY, "brand must have at most 5 characters"),
        ("brand", {"allowed": ("acme",)}, "acme", CANARY, "brand must be one of the 1 allowed values"),
        ("price", {"minimum": 0}, 0.0, -1.0, "price must be at least 0"),
        ("price", {"maximum": 9.5}, 9.5, 9.6, "price must be at most 9.5"),
    ],
)
def test_a_row_that_does_not_meet_a_row_level_expectation_is_quarantined(
    products_spec: MatchSpec, field: str, expectation: dict[str, Any], good: Any, bad: Any, reason: str
) -> None:
    spec = spec_with_quality(products_spec, fields={field: FieldQuality(**expectation)})
    table = records(spec, *SIX_KEYS, **{field: [good, good, bad, good, good, good]})
    outcome = validate_batch(table, pairs(("left:1", "right:1", 1)), spec, batch="b")
    assert outcome.result.passed
    assert reasons(outcome, "records") == {"left:3": reason}
    assert "left:3" not in set(outcome.records["record_key"])
    assert len(outcome.records) == 5


def test_a_missing_value_is_only_a_fault_if_the_field_is_required(products_spec: MatchSpec) -> None:
    expectations = FieldQuality(pattern="^x$", max_length=1, allowed=("x",))
    spec = spec_with_quality(products_spec, fields={"brand": expectations, "price": FieldQuality(minimum=0, maximum=1)})
    outcome = validate_batch(records(spec, *SIX_KEYS), pairs(("left:1", "right:1", 1)), spec, batch="b")
    assert outcome.result.passed
    assert len(outcome.records) == 6


def test_records_with_a_missing_or_repeated_id_are_quarantined(products_spec: MatchSpec) -> None:
    spec = spec_with_quality(products_spec)
    table = records(spec, "left:1", "left:2", "left:2", "left:", "right:1", "right:2")
    outcome = validate_batch(table, pairs(("left:1", "right:2", 1), ("left:2", "right:1", 1)), spec, batch="b")
    assert outcome.records["record_key"].tolist() == ["left:1", "right:1", "right:2"]
    assert outcome.quarantine["reasons"].tolist() == [
        "record_id must be unique in its source",
        "record_id must be unique in its source",
        "record_id must be present",
        "pair must name records that are not quarantined",
    ]


def test_a_quarantined_row_has_all_its_reasons(products_spec: MatchSpec) -> None:
    fields = {"brand": FieldQuality(max_length=3), "price": FieldQuality(minimum=0)}
    spec = spec_with_quality(products_spec, fields=fields)
    table = records(spec, *SIX_KEYS, brand=["acme", *"abcde"], price=[-1.0, *[1.0] * 5])
    outcome = validate_batch(table, pairs(("left:2", "right:1", 1)), spec, batch="b")
    assert reasons(outcome, "records")["left:1"] == "brand must have at most 3 characters, price must be at least 0"


def test_presence_is_checked_per_source(products_spec: MatchSpec) -> None:
    """A batch is stopped if a field is always missing in one register, even if the other register has the field."""
    spec = spec_with_quality(products_spec, fields={"brand": FieldQuality(present_share=0.5)})
    table = records(spec, *SIX_KEYS, brand=["acme", "acme", "acme", "acme", None, None])
    outcome = validate_batch(table, pairs(("left:1", "right:1", 1)), spec, batch="b")
    assert stop_reasons(outcome) == ["records right, brand: share of rows with a value"]
    assert outcome.quarantine.empty
    shares = {one.source: one.share for one in outcome.result.presence if one.field == "brand"}
    assert shares == {"left": 1.0, "right": pytest.approx(1 / 3)}


def test_too_few_rows_stop_the_batch(products_spec: MatchSpec) -> None:
    spec = spec_with_quality(products_spec, min_rows=4)
    table = records(spec, "left:1", "left:2", "left:3", "left:4", "right:1")
    outcome = validate_batch(table, pairs(("left:1", "right:1", 1)), spec, batch="b")
    assert stop_reasons(outcome) == ["records right, all fields: number of rows"]
    assert outcome.result.stopped_by[0].allowed == "at least 4"


def test_too_many_quarantined_rows_stop_the_batch(products_spec: MatchSpec) -> None:
    spec = spec_with_quality(products_spec, fields={"brand": FieldQuality(required=True)}, max_quarantined_share=0.4)
    table = records(spec, *SIX_KEYS, brand=["a", "b", "c", None, None, None])
    outcome = validate_batch(table, pairs(("left:1", "right:1", 1)), spec, batch="b")
    assert "records, all fields: share of rows quarantined" in stop_reasons(outcome)


def test_pairs_that_cannot_be_used_for_training_are_quarantined(products_spec: MatchSpec) -> None:
    spec = spec_with_quality(products_spec, fields={"brand": FieldQuality(max_length=3)})
    table = records(spec, *SIX_KEYS, brand=["a", "b", "acme", "a", "b", "c"])
    outcome = validate_batch(
        table,
        pairs(
            ("left:1", "right:1", 1),
            ("left:1", "right:1", 1),
            ("left:2", "right:2", 1),
            ("left:2", "right:2", 0),
            ("left:3", "right:3", 1),
            ("left:9", "right:3", 1),
            (None, "right:3", 1),
            ("left:2", "left:2", 1),
            ("left:2", "right:1", None),
            ("left:2", "right:1", 0),
        ),
        spec,
        batch="b",
    )
    assert outcome.pairs.to_numpy().tolist() == [["left:1", "right:1", 1], ["left:2", "right:1", 0]]
    assert outcome.pairs["label"].dtype == "int8"
    assert outcome.result.labels.model_dump() == {"positive": 1, "negative": 1}
    assert reasons(outcome, "pairs") == {
        "left:1|right:1": "pair must occur once",
        "left:2|right:2": "label must be the same in all rows of the pair, pair must occur once",
        "left:3|right:3": "pair must name records that are not quarantined",
        "left:9|right:3": "pair must name records that exist",
        "|right:3": "pair must name records that exist",
        "left:2|left:2": "pair must name two different records",
        "left:2|right:1": "label must be yes or no",
    }
    assert len(outcome.quarantine[outcome.quarantine["table"] == "pairs"]) == 8


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        ({"max_unknown_id_share": 0.1}, "pairs, pair: must name records that exist"),
        ({"max_contradicting": 0}, "pairs, label: pairs with contradicting labels"),
        ({"min_positives": 3}, "pairs, label: matching pairs"),
        ({"min_positive_share": 0.9}, "pairs, label: share of matching pairs"),
        ({"max_positive_share": 0.5}, "pairs, label: share of matching pairs"),
    ],
)
def test_labels_outside_a_limit_stop_the_batch(products_spec: MatchSpec, limit: dict[str, Any], reason: str) -> None:
    table = pairs(
        ("left:1", "right:1", 1),
        ("left:2", "right:2", 1),
        ("left:1", "right:2", 0),
        ("left:3", "right:3", 1),
        ("left:3", "right:3", 0),
        ("left:9", "right:3", 1),
    )
    within = spec_with_quality(products_spec)
    assert validate_batch(records(within, *SIX_KEYS), table, within, batch="b").result.passed
    beyond = spec_with_quality(products_spec, labels=limit)
    assert stop_reasons(validate_batch(records(beyond, *SIX_KEYS), table, beyond, batch="b")) == [reason]


def test_a_batch_without_a_usable_pair_is_stopped(products_spec: MatchSpec) -> None:
    spec = spec_with_quality(products_spec)
    outcome = validate_batch(records(spec, *SIX_KEYS), pairs(("left:8", "right:9", 1)), spec, batch="b")
    assert stop_reasons(outcome) == ["pairs, label: matching pairs"]
    assert outcome.result.stopped_by[0].observed == 0


def test_an_unknown_expectation_is_an_error() -> None:
    unknown = Expected("brand", "must be well", "expect_column_values_to_be_well", {"column": "brand"})
    with pytest.raises(QualityError, match="accepted 0 of 1 expectations"):
        run_expectations(pd.DataFrame({"brand": ["acme"]}), [unknown], "records")


def test_an_expectation_that_cannot_be_computed_is_an_error_without_values(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    kind = "expect_column_values_to_be_between"
    uncomparable = Expected("brand", "must be at least 3", kind, {"column": "brand", "min_value": 3})
    with pytest.raises(QualityError, match=r"records, brand .* could not be computed") as caught:
        run_expectations(pd.DataFrame({"brand": [CANARY]}), [uncomparable], "records")
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None
    assert CANARY not in caplog.text


def bad_batch(spec: MatchSpec) -> tuple[MatchSpec, BatchResult]:
    fields = {"brand": FieldQuality(max_length=5, present_share=0.9), "title": FieldQuality(pattern="<b>&")}
    spec = spec_with_quality(spec, fields=fields)
    table = records(
        spec, *SIX_KEYS, f"left:{CANARY}", brand=[CANARY, *["acme"] * 3, None, None, CANARY], title=[CANARY] * 7
    )
    table["category"] = CANARY
    return spec, validate_batch(
        table, pairs(("left:1", "right:1", 1), (f"left:{CANARY}", "right:x", 0)), spec, batch="b" * 64
    )


def test_a_large_batch_is_checked_column_by_column_with_the_same_result(
    products_spec: MatchSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, whole = bad_batch(products_spec)
    monkeypatch.setattr("matchwright.adapters.quality.run.MOST_ROWS", 1)
    _, by_column = bad_batch(products_spec)
    assert by_column.result == whole.result
    pd.testing.assert_frame_equal(by_column.quarantine, whole.quarantine)


def test_results_contain_no_value_and_no_record_id(products_spec: MatchSpec, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    spec, outcome = bad_batch(products_spec)
    page = render_report(outcome.result, spec, "version 3 of lake table quarantine")
    assert not outcome.result.passed
    assert CANARY in set(
        outcome.quarantine["record_id"]
    )  # The lake keeps the ids. The quarantine does not need the values.
    for text in (page, outcome.result.model_dump_json(), caplog.text, *outcome.quarantine["reasons"]):
        assert CANARY not in text
    assert QualityResult.model_validate_json(outcome.result.model_dump_json()) == outcome.result


def test_the_report_starts_with_the_result_and_loads_no_other_file(products_spec: MatchSpec) -> None:
    spec, outcome = bad_batch(products_spec)
    page = render_report(outcome.result, spec, "version 3 of lake table quarantine")
    text = re.sub(r"\s+", " ", re.sub(r"<style.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL))
    assert text.index("Stopped:") < text.index("records right, brand: share of rows with a value, observed 0.333333")
    assert text.index("allowed at least 0.9") < text.index("version 3 of lake table quarantine")
    assert text.index("version 3 of lake table quarantine") < text.index("Rows quarantined")
    assert "must match the pattern &lt;b&gt;&amp;" in text
    assert page.count("<svg") == 2
    assert not re.search(r"(src|href)=|url\(|https?://|<script", page)
    assert len(page.encode()) < 200_000


def test_the_report_of_a_good_batch_says_how_many_rows_are_used(products_spec: MatchSpec) -> None:
    spec = spec_with_quality(products_spec)
    outcome = validate_batch(records(spec, *SIX_KEYS), pairs(("left:1", "right:1", 1)), spec, batch="b")
    page = render_report(outcome.result, spec, "nowhere")
    assert "<strong>Passed</strong>" in page
    assert "6 records and 1 pairs are used in the next step." in page
    assert "Nothing to do." in page


def test_a_single_table_is_checked_as_one_source(products_spec: MatchSpec) -> None:
    spec = spec_with_quality(products_spec)
    outcome = validate_batch(records(spec, "left:1", "left:2"), pairs(("left:1", "left:2", 1)), spec, batch="b")
    assert outcome.result.passed
    assert {check.source for check in outcome.result.checks} == {"left", ""}
    assert "left (shop)" in render_report(outcome.result, spec, "")
    assert "catalogue" not in render_report(outcome.result, spec, "").split("<h2>Share")[1]
