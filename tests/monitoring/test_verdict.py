"""The verdict on a window: the changes, their importance, and the next steps."""

import json

import numpy as np
import pytest
from scipy.stats import wasserstein_distance

from matchwright.core.spec import MatchSpec
from matchwright.monitoring.figures import (
    DriftFigures,
    IntegrityFault,
    Performance,
    ShareShift,
    ValueShift,
    distance_noise,
    distance_unit,
)
from matchwright.monitoring.verdict import Verdict, Window, reach_verdict

BUNDLE = "ab" * 32
WINDOW = Window(since="2026-03-01 00:00 UTC", until="2026-03-02 00:00 UTC")


def share(reference: float, current: float, rows: int = 2000) -> ShareShift:
    return ShareShift(reference=reference, current=current, reference_rows=5000, current_rows=rows)


def shift(name: str, distance: float | None = 0.02, missing: tuple[float, float] = (0.05, 0.05), **other) -> ValueShift:
    values = {"noise": 0.06, "reference_mean": 0.6, "current_mean": 0.55, "missing": share(*missing), **other}
    return ValueShift(name=name, distance=distance, **values)


def figures(*comparisons: ValueShift, decisions: int = 2000, **other) -> DriftFigures:
    values = {
        "score": shift("score", missing=(0, 0)),
        "bands": {"match": share(0.4, 0.4), "review": share(0.02, 0.02), "no_match": share(0.58, 0.58)},
        "comparisons": comparisons or (shift("surname__jaro_winkler"),),
        **other,
    }
    return DriftFigures(decisions=decisions, sampled=decisions, reference_rows=5000, **values)


def verdict(spec: MatchSpec, measured: DriftFigures, *faults: IntegrityFault) -> Verdict:
    return reach_verdict(measured, faults, spec, BUNDLE, WINDOW)


def test_without_changes_the_verdict_is_ok(persons_spec: MatchSpec) -> None:
    reached = verdict(persons_spec, figures())
    assert (reached.status, reached.findings, reached.next_steps) == ("ok", (), ())
    assert not reached.effect.changes_decisions
    assert "Decisions hold" in reached.text()


def test_a_lost_field_raises_an_alarm_with_its_name_its_column_and_a_runbook(persons_spec: MatchSpec) -> None:
    lost = [
        shift("locality__token_set", None, (0.2, 1.0)),
        shift("locality__missing", None, (0.2, 1.0), current_mean=1.1),
        shift("surname__jaro_winkler"),
    ]
    reached = verdict(persons_spec, figures(*lost))
    assert reached.status == "alarm"
    assert reached.headline == "ALARM: locality is lost: missing in 100% of decisions (was 20%), mostly on one side."
    assert "Upstream feed lost 'locality' (column 'address_2')" in reached.next_steps[0]
    assert "register_a or register_b" in reached.next_steps[0]


def test_only_the_field_that_was_lost_is_blamed_and_none_whose_comparison_reads_it(persons_spec: MatchSpec) -> None:
    reached = verdict(
        persons_spec,
        figures(
            shift("given_name__jaro_winkler", None, (0.0, 1.0)),
            shift("given_name__swapped", None, (0.0, 1.0)),
            shift("given_name__missing", None, (0.0, 1.0), current_mean=2.0),
            shift("surname__jaro_winkler", missing=(0.0, 0.0)),
            shift("surname__swapped", None, (0.0, 1.0)),
            shift("surname__missing", None, (0.0, 0.0), current_mean=0.0),
        ),
    )
    assert [(finding.subject, finding.cause) for finding in reached.findings] == [("given_name", "field_lost")]
    assert "surname" not in reached.text()


@pytest.mark.parametrize("comparator", ["swapped", "cross_field"])
def test_a_comparison_that_reads_other_fields_does_not_blame_its_own(persons_spec: MatchSpec, comparator: str) -> None:
    alone = verdict(persons_spec, figures(shift("surname__exact"), shift(f"surname__{comparator}", 2.0)))
    assert (alone.status, alone.next_steps[0][:35]) == ("watch", "The values of surname itself hold: ")
    both = verdict(persons_spec, figures(shift("surname__exact", 0.5), shift(f"surname__{comparator}", 2.0)))
    assert both.headline.startswith("ALARM: surname__exact moved by 0.50")


def test_register_evidence_follows_from_the_fields_and_is_only_watched(persons_spec: MatchSpec) -> None:
    reached = verdict(persons_spec, figures(shift("register__evidence", 2.0)))
    assert (reached.status, reached.findings[0].subject) == ("watch", "register")
    both = verdict(persons_spec, figures(shift("surname__exact", 0.5), shift("register__evidence", 2.0)))
    assert both.headline.startswith("ALARM: surname__exact moved by 0.50")


@pytest.mark.parametrize(
    ("field", "meant"),
    [("record", "the whole record"), ("context", "competing candidates"), ("register", "register evidence")],
)
def test_what_is_no_field_is_not_blamed_on_a_feed(persons_spec: MatchSpec, field: str, meant: str) -> None:
    for moved in (shift(f"{field}__lead", 2.0), shift(f"{field}__lead", None, (0.0, 1.0))):
        (step,) = verdict(persons_spec, figures(moved)).next_steps
        assert step.startswith(f"The comparisons of {meant} ")


def test_a_change_of_scores_without_a_change_of_inputs_points_to_the_release(persons_spec: MatchSpec) -> None:
    reached = verdict(persons_spec, figures(score=shift("score", 0.4)))
    assert reached.status == "alarm"
    assert "suspect the release" in reached.next_steps[0]
    assert "matchwright rollback" in reached.next_steps[0]


def test_a_change_of_scores_with_a_change_of_an_input_points_to_the_input(persons_spec: MatchSpec) -> None:
    reached = verdict(persons_spec, figures(shift("surname__jaro_winkler", 0.5), score=shift("score", 0.4)))
    assert reached.next_steps[0].startswith("Values of 'surname' changed")
    assert reached.next_steps[1].startswith("Scores and bands moved because the inputs moved")


def test_changes_of_many_fields_have_one_common_cause(persons_spec: MatchSpec) -> None:
    moved = [shift(f"{field}__levenshtein", 0.6) for field in ("given_name", "surname", "street", "suburb", "state")]
    reached = verdict(persons_spec, figures(*moved))
    assert reached.findings[0].cause == "mix"
    assert len(reached.next_steps) == 1


def test_a_figure_above_half_its_limit_is_watched(persons_spec: MatchSpec) -> None:
    assert verdict(persons_spec, figures(shift("surname__phonetic", 0.15))).status == "watch"
    assert verdict(persons_spec, figures(shift("surname__phonetic", 0.05))).status == "ok"


def test_a_large_distance_with_few_decisions_is_ignored(persons_spec: MatchSpec) -> None:
    assert verdict(persons_spec, figures(shift("surname__phonetic", 0.25, noise=0.3))).status == "ok"
    assert verdict(persons_spec, figures(shift("surname__phonetic", 0.35, noise=0.3))).status == "alarm"


def test_more_evidence_than_in_training_raises_no_alarm(persons_spec: MatchSpec) -> None:
    reached = verdict(persons_spec, figures(shift("locality__token_set", 0.02, (0.5, 0.1))))
    assert reached.status == "watch"


def test_a_higher_review_load_is_reported_per_thousand_decisions(persons_spec: MatchSpec) -> None:
    bands = {"match": share(0.4, 0.3), "review": share(0.02, 0.17), "no_match": share(0.58, 0.53)}
    reached = verdict(persons_spec, figures(bands=bands))
    assert reached.status == "alarm"
    assert reached.effect.changes_decisions
    assert reached.effect.review_change == pytest.approx(150)
    assert reached.effect.review_change_low < 150 < reached.effect.review_change_high
    assert "about 150 more reviews per 1,000" in reached.next_steps[-1]


def test_a_lower_f1_raises_an_alarm_if_there_are_enough_labels(persons_spec: MatchSpec) -> None:
    def performance(labelled: int) -> Performance:
        errors = labelled // 10
        return Performance(
            labelled=labelled, f1=0.89, f1_reference=0.99, precision=0.9, recall=0.88,
            true_matches=4 * errors, errors=errors,
        )  # fmt: skip

    assert verdict(persons_spec, figures(performance=performance(1000))).findings[0].cause == "performance"
    assert verdict(persons_spec, figures(performance=performance(10))).status == "ok"


def test_too_few_decisions_give_no_verdict(persons_spec: MatchSpec) -> None:
    few = figures(shift("surname__jaro_winkler", 3.0), decisions=persons_spec.monitoring.min_decisions - 1)
    reached = verdict(persons_spec, few)
    assert reached.status == "not_enough_data"
    assert reached.findings == ()
    assert verdict(persons_spec, figures(decisions=0)).next_steps[0].startswith("No decisions in this window")


def test_an_unexpected_key_in_the_log_raises_an_alarm_with_the_name_of_the_key(persons_spec: MatchSpec) -> None:
    fault = IntegrityFault(code="unexpected_keys", count=1, of=5, names=("surname",))
    reached = verdict(persons_spec, figures(decisions=5), fault)
    assert reached.status == "alarm"
    assert "surname" in reached.headline
    assert "personal data" in reached.next_steps[0]


def test_a_few_degraded_decisions_are_watched_and_many_raise_an_alarm(persons_spec: MatchSpec) -> None:
    def degraded(count: int) -> IntegrityFault:
        return IntegrityFault(code="degraded", count=count, of=2000, names=("features_unavailable",))

    assert verdict(persons_spec, figures(), degraded(20)).status == "watch"
    assert verdict(persons_spec, figures(), degraded(600)).status == "alarm"


def test_the_text_fits_one_screen_and_the_json_can_be_read_back(persons_spec: MatchSpec) -> None:
    fields = list(persons_spec.compared)
    everything = figures(
        *(shift(f"{field}__x", 0.9, (0.0, 1.0 if index % 2 else 0.5)) for index, field in enumerate(fields)),
        score=shift("score", 2.0),
        bands={"match": share(0.4, 0.1), "review": share(0.02, 0.5), "no_match": share(0.58, 0.4)},
        performance=Performance(
            labelled=900, f1=0.5, f1_reference=0.99, precision=0.5, recall=0.5, true_matches=300, errors=600
        ),
    )
    faults = [IntegrityFault(code=code, count=9, of=10) for code in ("unknown_band", "missing_comparisons", "degraded")]
    reached = reach_verdict(
        everything, tuple(faults), persons_spec, BUNDLE, Window(notes=("one", "two", "three", "four"))
    )
    assert len(reached.text().splitlines()) < 25
    assert Verdict.model_validate_json(reached.model_dump_json()) == reached
    assert "NaN" not in json.dumps(reached.model_dump(mode="json"))


@pytest.mark.parametrize("rows", [100, 1000, 10_000])
def test_the_distance_of_a_sample_of_the_reference_is_below_the_noise(rows: int) -> None:
    generator = np.random.default_rng(7)
    truth = {
        "smooth": lambda size: generator.beta(2, 2, size),
        "two values": lambda size: (generator.random(size) < 0.3).astype(float),
        "mostly one": lambda size: np.where(generator.random(size) < 0.02, generator.random(size), 1.0),
    }
    for name, draw in truth.items():
        reference = draw(4000)
        noise = distance_noise(reference, rows)
        drawn = [wasserstein_distance(reference, draw(rows)) / distance_unit(reference) for _ in range(60)]
        assert np.mean(np.array(drawn) > noise) < 0.02, name
        assert noise < 8 * np.mean(drawn), name


def test_noise_without_values_is_infinite() -> None:
    assert distance_noise(np.array([]), 100) == np.inf
    assert distance_noise(np.ones(100), 0) == np.inf
