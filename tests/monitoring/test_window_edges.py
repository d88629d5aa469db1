"""The limits of a window in any time zone, and log lines with values at the limits."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from matchwright.errors import DataError
from matchwright.monitoring.arrived_labels import labels_by_decision
from matchwright.monitoring.period import Period, parse_moment
from matchwright.monitoring.window import KEYS, read_window
from serving.decision_log import DecisionLog, LoggedDecision

BUNDLE = "a1" * 32
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(params=["UTC", "Pacific/Auckland", "America/Los_Angeles"])
def _zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run the test in several time zones of the machine."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def decided(moment: datetime, **changes: object) -> LoggedDecision:
    values: dict = {
        "decision_id": f"d{moment.timestamp()}", "time": moment.isoformat(), "name": "persons", "bundle": BUNDLE,
        "mode": "full", "kind": "pair", "pair": None, "score": 0.9, "band": "match", "reasons": (),
        "comparisons": {"surname__exact": 1.0},
    }  # fmt: skip
    return LoggedDecision(**(values | changes))


def read(folder: Path, period: Period = Period(), labels: pd.DataFrame | None = None):  # noqa: B008
    return read_window(folder, "persons", BUNDLE, ["surname__exact"], period, labels)


def lines(folder: Path, *documents: dict) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "1.jsonl").write_text("".join(json.dumps(document) + "\n" for document in documents))
    return folder


def line(number: int = 0, **changes: object) -> dict:
    return vars(decided(NOON + timedelta(minutes=number))) | changes


@pytest.mark.usefixtures("_zone")
@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T06:30", datetime(2026, 3, 1, 6, 30, tzinfo=UTC)),
        ("2026-03-01T06:30Z", datetime(2026, 3, 1, 6, 30, tzinfo=UTC)),
        ("2026-03-01T06:30+13:00", datetime(2026, 2, 28, 17, 30, tzinfo=UTC)),
        ("2026-03-01T23:30-08:00", datetime(2026, 3, 2, 7, 30, tzinfo=UTC)),
    ],
)
def test_a_time_without_a_zone_is_utc_in_any_time_zone_of_the_machine(text: str, moment: datetime) -> None:
    assert parse_moment("since", text) == moment
    assert parse_moment("since", text).utcoffset() == timedelta(0)


@pytest.mark.usefixtures("_zone")
@pytest.mark.parametrize(("span", "hours"), [("1h", 1), ("24h", 24), ("1d", 24), ("2 d", 48), (" 3h ", 3)])
def test_a_span_counts_back_from_the_end_or_from_now(span: str, hours: int) -> None:
    back = timedelta(hours=hours)
    ended = Period.parse(span, "2026-03-01T12:00")
    assert (ended.since, ended.until, ended.fixed_start) == (NOON - back, NOON, True)
    open_ended = Period.parse(span, "", now=NOON)
    assert (open_ended.since, open_ended.until, open_ended.fixed_start) == (NOON - back, None, False)
    before = datetime.now(UTC) - back
    assert before <= Period.parse(span, "").since <= datetime.now(UTC) - back


def test_a_given_start_is_fixed_and_an_open_start_is_not() -> None:
    assert Period.parse("2026-03-01", "").fixed_start
    assert not Period.parse("", "2026-03-01").fixed_start
    assert Period.parse("", "") == Period()


@pytest.mark.parametrize(("since", "until"), [("2026-03-01", "2026-03-01"), ("2026-03-02", "2026-03-01")])
def test_an_empty_window_is_refused(since: str, until: str) -> None:
    with pytest.raises(DataError, match="window is empty"):
        Period.parse(since, until)


@pytest.mark.parametrize("empty", ["0h", "0d"])
def test_a_span_of_length_zero_is_refused(empty: str) -> None:
    with pytest.raises(DataError, match="window is empty"):
        Period.parse(empty, "2026-03-01")


def test_a_span_that_is_too_long_is_refused() -> None:
    with pytest.raises(DataError, match="too long"):
        Period.parse("999999999999d", "2026-03-01")


def test_a_time_that_is_before_year_1_in_utc_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        parse_moment("since", "0001-01-01T00:00+13:00")
    window = read(lines(tmp_path, line(), line(time="0001-01-01T00:00+13:00")))
    assert (len(window.ids), [fault.code for fault in window.faults]) == (1, ["unreadable_lines"])


@pytest.mark.parametrize(
    ("since", "until", "contained"),
    [
        (NOON, None, True),
        (NOON + timedelta(microseconds=1), None, False),
        (None, NOON, False),
        (None, NOON + timedelta(microseconds=1), True),
        (NOON, NOON + timedelta(hours=1), True),
        (None, None, True),
    ],
)
def test_a_window_contains_its_start_and_not_its_end(since, until, contained) -> None:
    assert Period(since, until).holds(NOON) is contained


def test_folders_of_neighbouring_days_are_read_too() -> None:
    """The window is from 3 March to 5 March, both at noon. The folder of an earlier day can contain later lines."""
    period = Period(NOON + timedelta(days=2), NOON + timedelta(days=4))
    days = [f"2026-03-{day:02d}" for day in range(1, 9) if period.may_hold_day(f"2026-03-{day:02d}")]
    assert days == ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06"]
    assert Period(NOON).may_hold_day("2999-01-01")
    assert Period(None, NOON).may_hold_day("1999-01-01")


@pytest.mark.usefixtures("_zone")
def test_decisions_around_midnight_are_found_by_their_utc_day(tmp_path: Path) -> None:
    log, midnight = DecisionLog(tmp_path), datetime(2026, 3, 2, tzinfo=UTC)
    moments = [midnight - timedelta(seconds=1), midnight, midnight + timedelta(hours=23, minutes=59)]
    for moment in moments:
        log.write([decided(moment)], now=moment)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2026-03-01", "2026-03-02"]
    assert len(read(tmp_path, Period.parse("2026-03-02", "2026-03-03")).ids) == 2
    assert len(read(tmp_path, Period.parse("2026-03-01", "2026-03-02")).ids) == 1


@pytest.mark.usefixtures("_zone")
def test_the_current_day_of_the_log_is_utc(tmp_path: Path) -> None:
    before = f"{datetime.now(UTC):%Y-%m-%d}"
    DecisionLog(tmp_path).write([decided(NOON)])
    (day,) = tmp_path.iterdir()
    assert day.name in (before, f"{datetime.now(UTC):%Y-%m-%d}")


def test_a_time_in_another_zone_does_not_move_the_day(tmp_path: Path) -> None:
    from zoneinfo import ZoneInfo

    DecisionLog(tmp_path).write([decided(NOON)], now=NOON.astimezone(ZoneInfo("Pacific/Auckland")))
    assert [path.name for path in tmp_path.iterdir()] == ["2026-03-01"]


def test_a_window_starts_at_the_earliest_and_ends_at_the_latest_decision_in_any_order(tmp_path: Path) -> None:
    window = read(lines(tmp_path, line(2), line(0), line(5), line(3)))
    assert (window.since, window.until) == (NOON, NOON + timedelta(minutes=5))


@pytest.mark.parametrize(
    ("score", "accepted"),
    [
        (0, True),
        (0.0, True),
        (1, True),
        (1.0, True),
        (-1e-9, False),
        (1 + 1e-9, False),
        (True, False),
        (10**400, False),
    ],
)
def test_a_score_must_be_from_0_to_1(tmp_path: Path, score: object, accepted: bool) -> None:
    window = read(lines(tmp_path, line(score=score)))
    assert bool(window.ids) is accepted
    assert [fault.code for fault in window.faults] == ([] if accepted else ["score_out_of_range"])


@pytest.mark.parametrize(
    ("pair", "valid"),
    [("0" * 31, False), ("0" * 32, True), ("f" * 64, True), ("0" * 65, False), ("F" * 32, False), (None, True)],
)
def test_the_pseudonym_of_a_pair_has_32_to_64_hexadecimal_digits(tmp_path: Path, pair: str | None, valid: bool) -> None:
    window = read(lines(tmp_path, line(pair=pair)))
    assert [fault.code for fault in window.faults] == ([] if valid else ["pair_not_pseudonym"])


@pytest.mark.parametrize(
    ("name", "reported"),
    [("a" * 61, "a" * 61), ("a" * 62, "(not a name)"), ("a b", "(not a name)"), ("1a", "(not a name)")],
)
def test_the_name_of_an_unexpected_key_is_reported_only_if_it_looks_like_a_name(
    tmp_path: Path, name: str, reported: str
) -> None:
    (fault,) = read(lines(tmp_path, line(**{name: 1}))).faults
    assert (fault.code, fault.count, fault.of, fault.names) == ("unexpected_keys", 1, 1, (reported,))


@pytest.mark.parametrize(
    ("digest", "reported"), [("b" * 12, "b" * 12), ("b" * 64, "b" * 12), ("b" * 11, "(not a digest)")]
)
def test_other_bundles_are_reported_by_their_digest(tmp_path: Path, digest: str, reported: str) -> None:
    assert read(lines(tmp_path, line(bundle=digest))).other_bundles == {reported: 1}


def test_every_fault_has_a_count_and_a_total(tmp_path: Path) -> None:
    window = read(
        lines(
            tmp_path,
            line(0),
            line(0),  # repeated
            line(1, band="maybe"),
            line(2, score=2),
            line(3, mode="features_unavailable"),
            line(4, bundle="b" * 64),
            line(5, comparisons={}),
            {"decision_id": "d"},
        )
    )
    reported = {fault.code: (fault.count, fault.of) for fault in window.faults}
    assert reported == {
        "unknown_band": (1, 5),
        "score_out_of_range": (1, 5),
        "degraded": (1, 5),
        "missing_comparisons": (1, 5),
        "unreadable_lines": (1, 8),
        "repeated_decisions": (1, 5),
    }


def test_a_missing_score_is_allowed_only_if_serving_abstained(tmp_path: Path) -> None:
    full = read(lines(tmp_path / "full", line(score=None)))
    assert (full.ids, [fault.code for fault in full.faults]) == ([], ["score_out_of_range"])
    degraded = read(lines(tmp_path / "degraded", line(score=None, mode="features_unavailable", band="review")))
    assert (len(degraded.ids), [fault.code for fault in degraded.faults]) == (1, ["degraded"])
    scored = read(lines(tmp_path / "scored", line(score=2, mode="features_unavailable")))
    assert [fault.code for fault in scored.faults] == ["degraded", "score_out_of_range"]


def test_comparisons_that_are_not_finite_numbers_are_named(tmp_path: Path) -> None:
    for number, value in enumerate(("0.5", True, 10**400, [1])):
        window = read(lines(tmp_path / str(number), line(comparisons={"surname__exact": value})))
        assert [(fault.code, fault.names) for fault in window.faults] == [("values_not_numbers", ("surname__exact",))]
        assert window.frame["surname__exact"].isna().all()
    with_nan = tmp_path / "nan"
    with_nan.mkdir()
    (with_nan / "1.jsonl").write_text(json.dumps(line(comparisons={"surname__exact": float("nan")})) + "\n")
    assert [fault.code for fault in read(with_nan).faults] == ["values_not_numbers"]


def test_the_expected_keys_are_exactly_the_keys_that_serving_writes() -> None:
    assert set(vars(decided(NOON))) == KEYS


@pytest.mark.parametrize("value", [2, -1, 0.5, "maybe", None])
def test_a_label_other_than_0_or_1_is_refused(value: object) -> None:
    with pytest.raises(DataError, match="1 \\(match\\) or 0"):
        labels_by_decision(pd.DataFrame({"decision_id": ["a", "b"], "label": [1, value]}))


def test_equal_labels_of_a_decision_count_once_and_different_labels_count_as_one_contradiction() -> None:
    table = pd.DataFrame({"decision_id": list("aabbccc"), "label": [1, 1, 0, 0, 1, 0, 1]})
    assert labels_by_decision(table) == ({"a": 1, "b": 0}, 1)


def test_labels_of_decisions_outside_the_window_are_counted_separately(tmp_path: Path) -> None:
    known = line()["decision_id"]
    labels = pd.DataFrame({"decision_id": [known, "x", "y", "z", "z"], "label": [0, 1, 0, 1, 0]})
    window = read(lines(tmp_path, line()), labels=labels)
    assert window.frame["label"].tolist() == [0.0]
    assert window.other_labels == 2
    assert [(fault.code, fault.count, fault.of) for fault in window.faults] == [("contradicting_labels", 1, 4)]
