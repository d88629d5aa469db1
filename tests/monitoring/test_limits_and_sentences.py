"""Limits of monitoring, tested at their exact values and in both directions, and the texts of findings."""

import pytest

from matchwright.core.spec import MatchSpec
from matchwright.evaluation.wilson import wilson_interval
from matchwright.monitoring.figures import (
    CONFIDENCE,
    DriftFigures,
    IntegrityFault,
    Performance,
    ShareShift,
    ValueShift,
)
from matchwright.monitoring.findings import Finding
from matchwright.monitoring.verdict import Verdict, Window, reach_verdict

MANY = 1_000_000


def share(reference: float, current: float, rows: int = MANY) -> ShareShift:
    return ShareShift(reference=reference, current=current, reference_rows=rows, current_rows=rows)


def shift(name: str, distance: float | None = 0.0, missing: ShareShift | None = None, **other) -> ValueShift:
    values = {"noise": 0.0, "reference_mean": 0.6, "current_mean": 0.55, "missing": missing or share(0, 0), **other}
    return ValueShift(name=name, distance=distance, **values)


def verdict_on(spec: MatchSpec, *comparisons: ValueShift, decisions: int = MANY, faults=(), **other) -> Verdict:
    figures = DriftFigures(
        decisions=decisions, sampled=decisions, reference_rows=MANY,
        comparisons=comparisons or (shift("surname__exact"),), **other,
    )  # fmt: skip
    return reach_verdict(figures, tuple(faults), spec, "ab" * 32, Window())


def findings_of(spec: MatchSpec, *comparisons: ValueShift, **other) -> list[tuple[str, str, str]]:
    return [(f.severity, f.cause, f.subject) for f in verdict_on(spec, *comparisons, **other).findings]


@pytest.mark.parametrize(
    ("distance", "severity"), [(0.2, "alarm"), (0.1999, "watch"), (0.1, "watch"), (0.0999, ""), (0.0, "")]
)
def test_a_distance_is_watched_from_half_its_limit_on_and_raises_an_alarm_at_its_limit(
    persons_spec, distance, severity
):
    expected = [(severity, "comparison", "surname")] if severity else []
    assert findings_of(persons_spec, shift("surname__exact", distance)) == expected
    expected = [(severity, "score", "score")] if severity else []
    assert findings_of(persons_spec, score=shift("score", distance)) == expected


def test_a_distance_that_is_not_larger_than_the_noise_is_ignored(persons_spec):
    for size, moved in ((0.3, False), (0.3001, True)):
        assert bool(findings_of(persons_spec, shift("surname__exact", size, noise=0.3))) is moved
        assert bool(findings_of(persons_spec, score=shift("score", size, noise=0.3))) is moved


def test_the_finding_of_a_field_describes_the_worst_comparison_and_counts_the_others(persons_spec):
    names = ("surname__exact", "surname__phonetic", "surname__initial", "surname__rarity")
    shifts = [shift(name, distance) for name, distance in zip(names, (0.2, 0.5, 0.19, None), strict=True)]
    (finding,) = verdict_on(persons_spec, *shifts).findings
    assert finding.text == (
        "surname__phonetic moved by 0.50 standard deviations (limit 0.2); its mean went from 0.600 to 0.550, "
        "with 1 more of its comparisons."
    )
    assert finding.size == pytest.approx(2.5)
    (finding,) = verdict_on(persons_spec, shifts[1], shifts[2]).findings
    assert finding.text.endswith("to 0.550.")


@pytest.mark.parametrize(
    ("before", "now", "severity", "cause"),
    [
        (0.0, 0.1, "alarm", "field_missing"),
        (0.0, 0.0999, "watch", "field_missing"),
        (0.0, 0.05, "watch", "field_missing"),
        (0.0, 0.0499, "", ""),
        (0.5, 0.95, "alarm", "field_lost"),
        (0.5, 0.9499, "alarm", "field_missing"),
        (0.95, 0.05, "watch", "field_missing"),  # fewer missing values than in training
        (0.1, 0.05, "watch", "field_missing"),
        (0.1, 0.0501, "", ""),
    ],
)
def test_a_change_of_missing_values_in_either_direction_is_reported(persons_spec, before, now, severity, cause):
    expected = [(severity, cause, "surname")] if severity else []
    assert findings_of(persons_spec, shift("surname__exact", missing=share(before, now))) == expected


@pytest.mark.parametrize(("sides", "sides_in_text"), [(0.75, "both sides"), (0.7499, "one side"), (0.5, "one side")])
def test_a_finding_says_if_a_field_is_missing_on_one_side_or_on_both_sides(persons_spec, sides, sides_in_text):
    """The field is missing in half of the decisions, on 1.5 sides on average or on fewer."""
    flag = shift("surname__missing", None, share(0.0, 0.5), current_mean=sides)
    (finding,) = verdict_on(persons_spec, shift("surname__exact"), flag).findings
    assert f"mostly on {sides_in_text}." in finding.text
    assert (" and " in finding.action.split("deliveries of")[1].split(" and have")[0]) is (
        sides_in_text == "both sides"
    )


def test_a_field_that_is_never_missing_any_more_is_watched(persons_spec):
    flag = shift("surname__missing", None, share(0.5, 0.0), current_mean=0.0)
    found = findings_of(persons_spec, shift("surname__exact"), flag)
    assert found == [("watch", "field_missing", "surname")]


@pytest.mark.parametrize(
    ("moved", "fields", "mixed"), [(2, 2, False), (3, 3, True), (3, 6, True), (3, 7, False), (4, 8, True)]
)
def test_changes_in_half_of_the_fields_and_in_at_least_three_mean_another_kind_of_pairs(
    persons_spec, moved, fields, mixed
):
    shifts = [shift(f"f{n}__exact", 0.3 if n < moved else 0.0) for n in range(fields)]
    reached = verdict_on(persons_spec, *shifts)
    assert (reached.findings[0].cause == "mix") is mixed
    assert len(reached.findings) == moved + mixed
    assert sum(bool(finding.action) for finding in reached.findings) == (1 if mixed else moved)


def bands(match: float, review: float, rows: int = MANY) -> dict[str, ShareShift]:
    reference = {"match": 0.4, "review": 0.2, "no_match": 0.4}
    current = {"match": match, "review": review, "no_match": 1 - match - review}
    return {band: share(reference[band], current[band], rows) for band in reference}


@pytest.mark.parametrize(
    ("review", "severity"),
    [
        (0.3001, "alarm"),
        (0.2999, "watch"),
        (0.2501, "watch"),
        (0.2499, ""),
        (0.0999, "alarm"),
        (0.1001, "watch"),
        (0.1501, ""),
    ],
)
def test_a_change_of_the_share_of_a_band_in_either_direction_is_reported(persons_spec, review, severity):
    moved = {"bands": bands(0.4 + (0.2 - review) / 2, review)}
    assert findings_of(persons_spec, **moved) == ([(severity, "bands", "review")] if severity else [])


@pytest.mark.parametrize(
    ("review", "rows", "changes"),
    [
        (0.22, MANY, True),
        (0.18, MANY, True),
        (0.205, MANY, False),  # significant, but too small to matter
        (0.22, 100, False),  # large enough, but not significant
    ],
)
def test_decisions_count_as_changed_if_a_change_is_large_enough_and_significant(persons_spec, review, rows, changes):
    reached = verdict_on(persons_spec, bands=bands(0.4 + (0.2 - review) / 2, review, rows))
    assert reached.effect.changes_decisions is changes
    assert reached.effect.sentence().startswith("Decisions change" if changes else "Decisions hold")
    assert reached.effect.review_per_1000_reference == pytest.approx(200)
    assert reached.effect.review_per_1000 == pytest.approx(1000 * review)
    assert reached.effect.review_change == pytest.approx(1000 * (review - 0.2))


@pytest.mark.parametrize(("review", "informed"), [(0.2501, True), (0.2499, False), (0.1, False)])
def test_the_review_team_is_informed_of_more_reviews_but_not_of_fewer(persons_spec, review, informed):
    steps = verdict_on(persons_spec, bands=bands(0.4 + (0.2 - review) / 2, review)).next_steps
    assert any(step.startswith("Tell the review team") for step in steps) is informed


def performance(f1: float, trials: int = MANY) -> Performance:
    share_right = f1 / (2 - f1)
    right = round(trials * share_right)
    return Performance(
        labelled=trials, f1=f1, f1_reference=0.9, precision=f1, recall=f1, true_matches=right, errors=trials - right
    )


@pytest.mark.parametrize(
    ("f1", "severity"), [(0.8699, "alarm"), (0.8701, "watch"), (0.8849, "watch"), (0.8851, ""), (0.99, "")]
)
def test_a_lower_f1_is_reported_and_a_higher_f1_is_not(persons_spec, f1, severity):
    assert findings_of(persons_spec, performance=performance(f1)) == (
        [(severity, "performance", "f1")] if severity else []
    )


def test_the_interval_of_f1_follows_from_the_interval_of_the_share_of_true_matches():
    low, high = performance(0.8, trials=90).f1_interval
    share_low, share_high = (float(end) for end in wilson_interval(60, 90, CONFIDENCE))
    assert (low, high) == pytest.approx((2 * share_low / (1 + share_low), 2 * share_high / (1 + share_high)))
    assert low < 0.8 < high
    assert performance(0.8, trials=0).f1_interval == (0.0, 1.0)


def test_the_interval_of_a_change_contains_the_change_in_either_direction():
    up, down = share(0.2, 0.3, 1000), share(0.3, 0.2, 1000)
    assert up.interval[0] < up.change < up.interval[1]
    assert up.interval == pytest.approx((-down.interval[1], -down.interval[0]))
    assert up.beyond_chance
    assert down.beyond_chance
    assert not share(0.2, 0.3, 20).beyond_chance
    assert not share(0.3, 0.2, 20).beyond_chance
    uneven = ShareShift(reference=0.2, current=0.3, reference_rows=100, current_rows=MANY)
    reversed_change = ShareShift(reference=0.3, current=0.2, reference_rows=MANY, current_rows=100)
    assert uneven.interval == pytest.approx((-reversed_change.interval[1], -reversed_change.interval[0]))


@pytest.mark.parametrize(("decisions", "has_verdict"), [(99, False), (100, True)])
def test_a_verdict_needs_a_minimum_number_of_decisions(persons_spec, decisions, has_verdict):
    assert persons_spec.monitoring.min_decisions == 100
    reached = verdict_on(persons_spec, shift("surname__exact", 0.9), decisions=decisions)
    assert reached.status == ("alarm" if has_verdict else "not_enough_data")
    if not has_verdict:
        assert reached.next_steps == ("Wait, or take a longer window: a verdict needs 100 decisions, this one has 99.",)


@pytest.mark.parametrize(
    ("code", "count", "severity"),
    [
        ("degraded", 100, "alarm"), ("degraded", 99, "watch"),
        ("unreadable_lines", 100, "alarm"), ("unreadable_lines", 99, "watch"),
        ("repeated_decisions", 100, "alarm"), ("contradicting_labels", 99, "watch"),
        ("unexpected_keys", 1, "alarm"), ("values_not_numbers", 1, "alarm"), ("pair_not_pseudonym", 1, "alarm"),
        ("unknown_comparisons", 1, "alarm"), ("missing_comparisons", 1, "alarm"), ("score_out_of_range", 1, "alarm"),
        ("unknown_band", 1, "alarm"),
    ],
)  # fmt: skip
def test_the_severity_of_a_fault_of_the_log_depends_on_its_kind_and_its_share(persons_spec, code, count, severity):
    cause = "degraded" if code == "degraded" else "log_fault"
    fault = IntegrityFault(code=code, count=count, of=1000)
    assert findings_of(persons_spec, faults=[fault]) == [(severity, cause, code)]


@pytest.mark.parametrize(("names", "ends"), [(0, "have."), (6, "n5."), (7, "n5, ....")])
def test_at_most_six_names_of_a_fault_are_listed(persons_spec, names, ends):
    fault = IntegrityFault(code="unexpected_keys", count=1, of=1, names=tuple(f"n{n}" for n in range(names)))
    (finding,) = verdict_on(persons_spec, faults=[fault]).findings
    assert finding.text.endswith(ends)


def test_leaked_values_come_before_other_faults_and_alarms_before_watched_findings(persons_spec):
    faults = [IntegrityFault(code=code, count=1, of=1000) for code in ("degraded", "unknown_band", "unexpected_keys")]
    reached = verdict_on(persons_spec, shift("surname__exact", 0.3), shift("state__exact", 0.15), faults=faults)
    assert [finding.subject for finding in reached.findings] == [
        "unexpected_keys", "unknown_band", "surname", "degraded", "state",
    ]  # fmt: skip
    assert reached.headline == f"ALARM: {reached.findings[0].text}"


def test_the_more_frequent_leak_comes_first_and_a_frequent_other_fault_comes_after_both(persons_spec):
    counts = {"unknown_band": 900, "values_not_numbers": 100, "unexpected_keys": 600}
    faults = [IntegrityFault(code=code, count=count, of=1000) for code, count in counts.items()]
    found = verdict_on(persons_spec, faults=faults).findings
    assert [finding.subject for finding in found] == ["unexpected_keys", "values_not_numbers", "unknown_band"]


def test_the_next_steps_start_with_the_cause_and_not_with_its_effect(persons_spec):
    reached = verdict_on(persons_spec, shift("surname__exact", 0.3), score=shift("score", 0.9))
    assert [finding.cause for finding in reached.findings] == ["score", "comparison"]
    assert reached.next_steps[0].startswith("Values of 'surname' changed")


@pytest.mark.parametrize("count", [5, 6])
def test_at_most_five_findings_and_three_notes_are_shown(persons_spec, count):
    shifts = [shift(f"f{n}__exact", 0.15) for n in range(count)]
    figures = verdict_on(persons_spec, *shifts).figures
    text = reach_verdict(figures, (), persons_spec, "ab" * 32, Window(notes=("n1", "n2", "n3", "n4"))).text()
    assert text.count("[watch]") == 5
    assert "What to do next\n  1. Values of" in text
    assert ("and 1 more, in the report" in text) is (count == 6)
    assert ("n3" in text, "n4" in text) == (True, False)


@pytest.mark.parametrize(
    ("since", "until", "span"),
    [("", "", ""), ("a", "", "from a"), ("", "b", "to b"), ("a", "b", "from a to b")],
)
def test_the_text_of_a_window_names_its_known_ends(since, until, span):
    assert Window(since=since, until=until).span == span


def test_a_finding_can_be_written_as_json_and_read_back():
    finding = Finding(severity="watch", cause="score", subject="score", size=0.5, text="t", action="a")
    assert Finding.model_validate_json(finding.model_dump_json()) == finding
