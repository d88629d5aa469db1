"""What is measured on the neighbours of a pair."""

from dataclasses import asdict

import numpy as np
import pytest

from matchwright.core.models.neighbours import Links, NeighbourEvidence

MATCH, NONE = 3.0, -3.0


def evidence_of(pair: str, **log_odds: float) -> dict[str, float]:
    """The evidence of a pair such as ``ab``, in a register with these candidates."""
    given = {pair: NONE, **log_odds}
    links = Links.of([key[0] for key in given], [key[1] for key in given], np.array(list(given.values())))
    found = NeighbourEvidence.among(links, np.array([0]))
    return {name: float(values[0]) for name, values in asdict(found).items()}


def test_a_common_partner_is_a_predicted_match_of_both_records():
    found = evidence_of("ab", ac=2.0, bc=5.0)
    assert (found["common"], found["share"], found["share_of_larger"]) == (1, 1, 1)
    assert found["path"] == 2.0  # the weaker link of the path
    assert found["unshared_most"] == found["rejected_most"] == 0


def test_the_strongest_path_counts_and_shares_are_of_the_smaller_and_the_larger_neighbourhood():
    found = evidence_of("ab", ac=2.0, bc=5.0, ad=4.0, bd=3.5, ae=1.0)
    assert (found["common"], found["path"]) == (2, 3.5)
    assert (found["share"], found["share_of_larger"]) == (1, pytest.approx(2 / 3))
    assert (found["unshared_fewest"], found["unshared_most"]) == (0, 1)


def test_an_unshared_partner_is_rejected_if_it_was_compared_with_the_other_record():
    assert evidence_of("ab", ac=MATCH)["rejected_most"] == 0
    found = evidence_of("ab", ac=MATCH, bc=NONE, bd=MATCH, be=MATCH, ae=NONE)
    assert (found["unshared_fewest"], found["unshared_most"]) == (1, 2)
    assert (found["rejected_fewest"], found["rejected_most"]) == (1, 1)


@pytest.mark.parametrize("own", [MATCH, NONE])
def test_the_pair_itself_is_no_neighbour(own):
    found = evidence_of("ab", ab=own)
    assert set(found.values()) == {0.0}
    assert evidence_of("ab", ab=own, ac=MATCH, bc=MATCH) == evidence_of("ab", ac=MATCH, bc=MATCH)


def test_candidates_that_are_no_predicted_match_are_no_partners():
    assert set(evidence_of("ab", ac=-0.01, bc=-0.01).values()) == {0.0}
    assert evidence_of("ab", ac=0.0, bc=0.0)["common"] == 1  # a probability of one half


def test_a_candidate_that_is_given_twice_counts_once_with_its_larger_score():
    links = Links.of(list("aababb"), list("bcaccc"), np.array([NONE, 1.0, NONE, MATCH, MATCH, MATCH]))
    found = NeighbourEvidence.among(links, np.array([0]))
    assert (found.common[0], found.path[0], found.unshared_most[0]) == (1, MATCH, 0)


def test_only_pairs_with_a_neighbour_are_in_the_batches_and_a_batch_has_bounded_work(monkeypatch):
    monkeypatch.setattr("matchwright.core.models.neighbours.links.AT_ONCE", 2)
    links = Links.of(list("aabx"), list("bccy"), np.array([NONE, MATCH, NONE, MATCH]))
    batches = [rows.tolist() for rows in links.batches()]
    assert batches == [[0], [2]]  # of a and c each other is the only partner, and x and y have no one else
