"""Rules that would make too many pairs are narrowed where that is asked for, and never silently."""

import pandas as pd
import pytest
from fixtures.candidates import spec_with

from matchwright.core.candidates import RecordTable, propose_pairs
from matchwright.errors import CandidateError


def table_of(rows):
    keys = [f"left:{number:03d}" for number in range(len(rows))]
    frame = pd.DataFrame({"record_key": keys, **{name: [row[name] for row in rows] for name in ("surname", "town")}})
    return RecordTable.of(frame.assign(price=float("nan")))


def pairs_of(table, spec, **options):
    found = propose_pairs(table, spec, **options)
    return {(int(one), int(other)) for one, other in zip(found.left, found.right, strict=True)}, found.narrowed


SMALL = [{"surname": name, "town": "york"} for name in ("gray", "gray", "hill", "hill")]
LARGE = [{"surname": "smith", "town": town} for town in ["york"] * 3 + ["leeds"] * 3 + ["hull"] * 2 + [None] * 2]


def test_small_blocks_stay_whole_and_large_ones_are_divided():
    table = table_of(SMALL + LARGE)
    found, narrowed = pairs_of(table, spec_with([["surname"]], most=20), narrow=True)
    whole = {(0, 1), (2, 3)}
    by_town = {(4, 5), (4, 6), (5, 6), (7, 8), (7, 9), (8, 9), (10, 11)}
    assert found == whole | by_town
    (said,) = narrowed
    assert (said.rule, said.by) == ("rule:surname", ("town",))
    assert (said.blocks, said.records, said.pairs, said.kept) == (1, 10, 47, 9)


def test_within_the_limit_nothing_is_narrowed():
    table = table_of(SMALL + LARGE)
    narrowed, said = pairs_of(table, spec_with([["surname"]], most=47), narrow=True)
    assert narrowed == pairs_of(table, spec_with([["surname"]], most=47))[0]
    assert said == ()


def test_without_being_asked_for_a_rule_is_refused():
    with pytest.raises(CandidateError, match="would make 47 pairs, more than 20"):
        propose_pairs(table_of(SMALL + LARGE), spec_with([["surname"]], most=20))


def test_a_rule_that_no_feature_makes_small_enough_is_refused_by_name():
    rows = [{"surname": "smith", "town": "york"}] * 10
    with pytest.raises(CandidateError, match="rule:surname would make 45 pairs"):
        propose_pairs(table_of(rows), spec_with([["surname"]], most=20), narrow=True)
