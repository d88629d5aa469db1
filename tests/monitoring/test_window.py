"""Reading the decision log: the decisions that count, and the faults of the log."""

import json
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from matchwright.adapters.tables.read import read_input_table
from matchwright.core.spec import MatchSpec
from matchwright.errors import DataError
from matchwright.monitoring.integrity import integrity_findings
from matchwright.monitoring.period import Period
from matchwright.monitoring.window import DecisionWindow, read_window

MINE, OTHER = "a1" * 32, "b2" * 32
COMPARISONS = ["surname__jaro_winkler", "street__levenshtein"]
START = datetime(2026, 3, 1, 6, tzinfo=UTC)
CANARY = "Zz Quillfeather 0419"


def line(number: int, **changes) -> dict:
    """Return a line of the log like serving writes it. Its time is ``number`` minutes after the start."""
    return {
        "decision_id": f"d{number}",
        "time": (START + timedelta(minutes=number)).isoformat(timespec="milliseconds"),
        "name": "persons",
        "bundle": MINE,
        "mode": "full",
        "kind": "pair",
        "pair": None,
        "score": 0.9,
        "band": "match",
        "reasons": ["SURNAME_AGREES"],
        "comparisons": {"surname__jaro_winkler": 0.95, "street__levenshtein": None},
        **changes,
    }


def write(folder: Path, *lines: dict | str, process: int = 1, day: str = "2026-03-01") -> Path:
    file = folder / day / f"{process}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    texts = [each if isinstance(each, str) else json.dumps(each) + "\n" for each in lines]
    file.write_text("".join(texts), encoding="utf-8")
    return file


def read(folder: Path, since: str = "", until: str = "", labels: str = "") -> DecisionWindow:
    arrived = read_input_table(labels) if labels else None
    return read_window(folder, "persons", MINE, COMPARISONS, Period.parse(since, until), arrived)


def faults(window: DecisionWindow) -> dict[str, tuple[int, tuple[str, ...]]]:
    return {fault.code: (fault.count, fault.names) for fault in window.faults}


def test_decisions_of_all_processes_and_days_are_read_into_one_frame(tmp_path: Path) -> None:
    write(tmp_path, line(1), line(2, score=0.1, band="no_match"))
    write(tmp_path, line(3), process=2)
    write(tmp_path, line(24 * 60), day="2026-03-02")
    window = read(tmp_path)
    assert window.frame.columns.tolist() == [*COMPARISONS, "score", "band", "label"]
    assert window.frame["score"].tolist() == [0.9, 0.1, 0.9, 0.9]
    assert window.frame["street__levenshtein"].isna().all()
    assert (window.since, window.until) == (START + timedelta(minutes=1), START + timedelta(days=1))
    assert window.faults == ()


def unknown(number: int) -> dict:
    """A line about a record that the feature store does not hold."""
    nothing = dict.fromkeys(COMPARISONS)
    return line(number, mode="record_unknown", kind="rank", score=None, band="review", comparisons=nothing)


def test_an_unknown_record_is_counted_and_no_decision_of_the_window(tmp_path: Path) -> None:
    write(tmp_path, line(1), unknown(2), unknown(3), unknown(3))
    window = read(tmp_path)
    assert (len(window.frame), window.ids) == (1, ["d1"])
    assert {fault.code: (fault.count, fault.of) for fault in window.faults} == {
        "unknown_records": (2, 3),
        "repeated_decisions": (1, 3),
    }


@pytest.mark.parametrize(("wrong", "severity"), [(1, "watch"), (99, "alarm")])
def test_unknown_records_are_no_outage_of_the_feature_store(
    tmp_path: Path, persons_spec: MatchSpec, wrong: int, severity: str
) -> None:
    write(tmp_path, *map(line, range(100)), *(unknown(number) for number in range(100, 100 + wrong)))
    (finding,) = integrity_findings(read(tmp_path).faults, persons_spec)
    assert (finding.cause, finding.severity) == ("unknown_records", severity)
    assert "records that the feature store does not hold" in finding.text
    assert "compare their record ids with those of the input tables" in finding.action


def test_a_window_includes_its_start_and_excludes_its_end(tmp_path: Path) -> None:
    write(tmp_path, *(line(number) for number in range(5)))
    assert read(tmp_path, "2026-03-01T06:01", "2026-03-01T06:03").ids == ["d1", "d2"]
    assert read(tmp_path, "2026-03-02").ids == []
    assert read(tmp_path, "1h", "2026-03-01T06:03").ids == ["d0", "d1", "d2"]
    assert read(tmp_path, "2026-03-01T07:01+01:00").ids == ["d1", "d2", "d3", "d4"]


def test_a_span_counts_back_from_now() -> None:
    period = Period.parse("7d", "", now=START)
    assert period.since == START - timedelta(days=7)
    assert not period.fixed_start


@pytest.mark.parametrize(("since", "until"), [("yesterday", ""), ("", "31.12.2026"), ("2026-03-02", "2026-03-01")])
def test_a_period_that_cannot_be_read_is_refused(since: str, until: str) -> None:
    with pytest.raises(DataError):
        Period.parse(since, until)


def test_an_incomplete_last_line_is_ignored_and_counted(tmp_path: Path) -> None:
    write(tmp_path, line(1), json.dumps(line(2))[:80])
    window = read(tmp_path)
    assert (window.ids, window.torn_lines, window.faults) == (["d1"], 1, ())


def test_unreadable_lines_inside_a_file_are_a_fault(tmp_path: Path) -> None:
    write(tmp_path, line(1), "\0\0\0\n", {"decision_id": "d2"}, line(3))
    window = read(tmp_path)
    assert window.ids == ["d1", "d3"]
    assert faults(window) == {"unreadable_lines": (2, ())}


def test_decisions_of_other_bundles_and_specs_are_ignored_and_other_bundles_are_reported(tmp_path: Path) -> None:
    write(tmp_path, line(1), line(2, bundle=OTHER), line(3, bundle=OTHER), line(4, name="products"))
    window = read(tmp_path)
    assert window.ids == ["d1"]
    assert window.other_bundles == {OTHER[:12]: 2}


def test_a_restated_score_is_read_as_that_of_the_own_register_of_the_bundle(tmp_path: Path) -> None:
    odds_one_ninth = line(1, score=0.5, prior_shift=math.log(1 / 9))
    write(tmp_path, odds_one_ninth, line(2, prior_shift=None), line(3), line(4, prior_shift=CANARY))
    window = read(tmp_path)
    assert window.frame["score"].tolist() == [0.9, 0.9, 0.9, 0.9]
    assert window.restated == 1
    assert faults(window) == {"values_not_numbers": (1, ("prior_shift",))}


def test_a_decision_that_is_logged_twice_counts_once(tmp_path: Path) -> None:
    write(tmp_path, line(1))
    write(tmp_path, line(1), line(2), process=2)
    window = read(tmp_path)
    assert window.ids == ["d1", "d2"]
    assert faults(window) == {"repeated_decisions": (1, ())}


def test_an_unexpected_key_is_reported_by_name_and_never_by_value(tmp_path: Path) -> None:
    write(tmp_path, line(1, surname=CANARY), line(2, **{CANARY: "x"}))
    window = read(tmp_path)
    assert faults(window) == {"unexpected_keys": (2, ("surname", "(not a name)"))}
    assert CANARY not in repr(window)
    assert CANARY not in window.frame.to_csv()


def test_values_of_known_keys_are_never_reported(tmp_path: Path) -> None:
    write(
        tmp_path,
        line(1, mode=CANARY),
        line(2, band=CANARY),
        line(3, score=CANARY),
        line(4, bundle=CANARY),
        line(5, comparisons={CANARY: 1.0}),
        line(6, comparisons={"surname__jaro_winkler": CANARY, "street__levenshtein": CANARY}),
        line(7, time=CANARY),
        line(8, pair=CANARY),
    )
    window = read(tmp_path)
    assert faults(window)["values_not_numbers"] == (1, ("street__levenshtein", "surname__jaro_winkler"))
    assert faults(window)["pair_not_pseudonym"] == (1, ())
    assert CANARY not in repr(window)
    assert CANARY not in window.frame.to_csv()


def test_invalid_scores_bands_and_comparisons_are_faults(tmp_path: Path) -> None:
    write(
        tmp_path,
        line(1, score=1.5),
        line(2, score=None),
        line(3, band="maybe"),
        line(4, comparisons={"surname__jaro_winkler": 0.9}),
        line(5, comparisons={"surname__jaro_winkler": 0.9, "street__levenshtein": 0.1, "iris__scan": 0.2}),
    )
    window = read(tmp_path)
    assert window.ids == ["d4", "d5"]
    assert faults(window) == {
        "score_out_of_range": (2, ()),
        "unknown_band": (1, ()),
        "missing_comparisons": (1, ("street__levenshtein",)),
        "unknown_comparisons": (1, ("iris__scan",)),
    }


def test_an_abstention_counts_as_a_decision_without_a_score(tmp_path: Path) -> None:
    unscored = dict.fromkeys(COMPARISONS)
    write(tmp_path, line(1, mode="features_unavailable", score=None, band="review", comparisons=unscored), line(2))
    window = read(tmp_path)
    assert window.frame["band"].tolist() == ["review", "match"]
    assert window.frame["score"].isna().tolist() == [True, False]
    assert faults(window) == {"degraded": (1, ("features_unavailable",))}


def test_the_share_of_a_fault_is_among_the_decisions_of_the_monitored_bundle(
    tmp_path: Path, persons_spec: MatchSpec
) -> None:
    """A new bundle that is always degraded raises an alarm, although it made few of the decisions in the log."""
    earlier = [line(number, bundle=OTHER) for number in range(1900)]
    degraded = [line(number, mode="features_unavailable") for number in range(1900, 2000)]
    write(tmp_path, *earlier, *degraded)
    (finding,) = integrity_findings(read(tmp_path, "", "2026-03-04").faults, persons_spec)
    assert finding.severity == "alarm"
    assert finding.text.startswith("100 of 100 decisions were made in a degraded mode")


def test_labels_are_joined_by_decision_id(tmp_path: Path) -> None:
    write(tmp_path / "log", line(1), line(2), line(3), line(4))
    labels = tmp_path / "labels.csv"
    labels.write_text("decision_id,label\nd1,1\nd2,0\nd3,1\nd3,0\nfrom-last-week,1\n")
    window = read(tmp_path / "log", labels=str(labels))
    assert window.frame["label"].tolist()[:2] == [1.0, 0.0]
    assert window.frame["label"].isna().tolist() == [False, False, True, True]
    assert faults(window) == {"contradicting_labels": (1, ())}
    assert window.other_labels == 1


@pytest.mark.parametrize("text", ["decision,label\nd1,1\n", "decision_id,label\nd1,maybe\n", "decision_id,label\n,1\n"])
def test_invalid_labels_are_refused(tmp_path: Path, text: str) -> None:
    write(tmp_path / "log", line(1))
    labels = tmp_path / "labels.csv"
    labels.write_text(text)
    with pytest.raises(DataError) as refused:
        read(tmp_path / "log", labels=str(labels))
    assert "maybe" not in str(refused.value)


def test_a_single_file_can_be_read(tmp_path: Path) -> None:
    write(tmp_path, line(1))
    file = write(tmp_path, line(2), process=2)
    assert read(file).ids == ["d2"]
    assert read(tmp_path / "2026-03-01").ids == ["d1", "d2"]


def test_a_missing_log_is_an_error_and_an_empty_log_is_not(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        read(tmp_path / "nowhere")
    assert read(tmp_path).ids == []
