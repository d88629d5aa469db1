"""The drift page. A person on call opens this page first."""

import pytest

from matchwright.adapters.drift import drift_page
from matchwright.core.spec import MatchSpec
from matchwright.monitoring.figures import DriftFigures, Performance, ShareShift, ValueShift
from matchwright.monitoring.verdict import Verdict, Window, reach_verdict


def share(reference: float, current: float) -> ShareShift:
    return ShareShift(reference=reference, current=current, reference_rows=5000, current_rows=2000)


def shift(name: str, distance: float | None, missing: float = 0.05) -> ValueShift:
    means = {"reference_mean": 0.6, "current_mean": 0.55 if distance is not None else None}
    return ValueShift(name=name, distance=distance, noise=0.06, missing=share(0.05, missing), **means)


def verdict(spec: MatchSpec, *comparisons: ValueShift, notes: tuple[str, ...] = (), **other) -> Verdict:
    bands = {"match": share(0.4, 0.4), "review": share(0.02, 0.04), "no_match": share(0.58, 0.56)}
    figures = {"score": shift("score", 0.01), "comparisons": comparisons, "bands": bands, **other}
    measured = DriftFigures(decisions=2000, sampled=2000, reference_rows=5000, **figures)
    return reach_verdict(measured, (), spec, "ab" * 32, Window(since="2026-03-01", until="2026-03-02", notes=notes))


def test_the_largest_change_is_listed_first_and_an_alarm_is_highlighted(persons_spec):
    page = drift_page(verdict(persons_spec, shift("suburb__token_set", 0.02), shift("surname__jaro_winkler", 0.9)))
    assert "<h1>ALARM: " in page
    assert '<tr class="far"><td>surname__jaro_winkler</td>\n<td class="n">0.90</td><td class="n">0.06</td>' in page
    assert "<tr><td>suburb__token_set</td>" in page
    assert page.index("<td>score</td>") < page.index("<td>surname") < page.index("<td>suburb")


def test_a_comparison_with_too_few_values_has_no_distance_and_no_mean(persons_spec):
    page = drift_page(verdict(persons_spec, shift("surname__jaro_winkler", None)))
    cells = "".join(page.split("<td>surname__jaro_winkler</td>")[1].split("</tr>")[0].split("\n"))
    assert cells.startswith('<td class="n">too few values</td><td class="n"></td>')
    assert '<td class="n">0.600</td><td class="n"></td><td class="n">5.0%</td><td class="n">5.0%</td>' in cells


def test_the_page_shows_old_and_new_band_shares_and_labelled_decisions(persons_spec):
    known = {"labelled": 900, "true_matches": 400, "errors": 50}
    performance = Performance(f1=0.91, f1_reference=0.93, precision=0.9, recall=0.92, **known)
    page = drift_page(verdict(persons_spec, shift("surname__jaro_winkler", 0.02), performance=performance))
    assert 'style="width:2.00%" title="review 2.0%"' in page
    assert 'style="width:4.00%" title="review 4.0%"' in page
    assert "On 900 labelled decisions: F1 0.910 (reference 0.930" in page


def test_only_the_comparisons_with_the_largest_changes_are_listed(persons_spec):
    many = [shift(f"surname__{number:02}", number / 1000) for number in range(14)]
    page = drift_page(verdict(persons_spec, *many))
    assert "surname__04</td>" in page
    assert "surname__03</td>" not in page
    assert "and 4 more that moved less" in page


@pytest.mark.parametrize(("report", "address"), [("full.html", ""), ("", "/projects/p"), ("full.html", "/projects/p")])
def test_the_page_links_only_to_reports_that_exist(persons_spec, report, address):
    page = drift_page(verdict(persons_spec), report, address)
    assert ('href="full.html"' in page) == bool(report)
    assert ("<code>/projects/p</code>" in page) == bool(address)
    assert "How far" not in page, "without comparisons there is no table of changes"


def test_no_text_can_start_or_end_an_html_element(persons_spec):
    labelled = verdict(persons_spec, notes=("</script><script>alert(1)</script>",))
    page = drift_page(labelled)
    assert page.count("<script") == page.count("</script>") == 1
    assert "&lt;script&gt;alert(1)" in page
    assert Verdict.model_validate_json(page.split('id="verdict">')[1].split("</script>")[0]) == labelled
