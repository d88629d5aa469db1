"""The benchmark of clusters: no tested entity is in training, and its figures."""

import pandas as pd
import pytest

import benchmarks.clusters.__main__ as benchmark
from benchmarks.benchmark_data import BenchmarkSet
from benchmarks.clusters import held_out
from benchmarks.clusters.held_out import febrl, one_table, two_tables
from benchmarks.clusters.judged import clusters_cut, judged
from benchmarks.problems.labelled import SPECS
from matchwright.core.spec import load_spec


@pytest.fixture
def febrl_1(monkeypatch):
    seen = []

    def infer(table, _, pairs, name):
        seen.append((table, pairs))
        return (SPECS / "persons.yaml").read_text()

    monkeypatch.setattr(held_out, "infer_spec", infer)
    return one_table(next(febrl()), "FEBRL 1"), seen[0]


def test_an_entity_of_one_table_is_in_one_half_with_all_its_records(febrl_1):
    register, (drafted_from, shown) = febrl_1
    halves = [set(table["rec_id"].str.split("-").str[1]) for table in (*register.training, *register.tested)]
    assert len(halves[0]) == len(halves[1]) == 250
    assert not halves[0] & halves[1]
    assert "entity" not in drafted_from
    trained = set(register.training[0]["rec_id"])
    assert {*register.pairs["left_id"], *register.pairs["right_id"], *shown["left_id"], *shown["right_id"]} <= trained


def test_every_record_of_the_tested_half_is_judged_under_its_key(febrl_1):
    register, _ = febrl_1
    assert set(register.entity.index) == {f"left:{key}" for key in register.tested[0]["rec_id"]}
    assert (register.entity.value_counts() == 2).all()


def test_a_tested_entity_of_two_tables_is_in_no_pair_and_no_table_of_training():
    ids = [str(n) for n in range(40)]
    table = pd.DataFrame({"id": ids})
    # record n matches n, and record 0 also 1; each is labelled as another product than its successor too
    matches = pd.DataFrame({"left_id": [*ids, "0"], "right_id": [*ids, "1"], "label": 1})
    others = pd.DataFrame({"left_id": ids[1:-1], "right_id": ids[2:], "label": 0})
    found = BenchmarkSet("products", table, table, pd.concat([matches, others], ignore_index=True).assign(part="train"))
    register = two_tables(found, load_spec(SPECS / "products.yaml"))

    keys = set(register.entity.index)
    in_training = {f"left:{key}" for key in register.training[0]["id"]} | {
        f"right:{key}" for key in register.training[1]["id"]
    }
    in_pairs = {*("left:" + register.pairs["left_id"]), *("right:" + register.pairs["right_id"])}
    assert len(keys) > 30
    assert not keys & in_training
    assert in_pairs <= in_training
    assert set(register.pairs["label"]) == {0, 1}
    # records 0 and 1 of both sides are one entity, so all four are in the same half
    together = {"left:0", "left:1", "right:0", "right:1"}
    assert together <= keys or not together & keys


def test_a_record_that_no_cluster_names_is_alone():
    entity = pd.Series({"left:a": 1, "left:b": 1, "left:c": 2})
    figures = judged(entity, pd.Series({"left:a": "left:a", "left:b": "left:a"}))
    assert figures.pairs == 1
    assert figures.by_pairs.f1 == figures.by_records.f1 == 1


def test_a_cluster_that_the_guard_divides_is_cut_once():
    whole = pd.Series({"a": "a", "b": "a", "c": "a", "d": "d", "e": "d"})
    guarded = pd.Series({"e": "d", "d": "d", "c": "c", "b": "b", "a": "a"})
    assert clusters_cut(whole, guarded) == 1
    assert clusters_cut(whole, whole) == 0


def test_a_name_that_no_register_has_ends_with_code_2_and_one_line(capsys):
    with pytest.raises(SystemExit) as ended:
        benchmark.main(["--only", "nobody"])
    assert ended.value.code == 2
    assert capsys.readouterr().err == "No register begins with 'nobody'. Hint: leave out --only to see all\n"
