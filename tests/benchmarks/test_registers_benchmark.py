"""The benchmark of registers: what it judges, what the draft may see, and how it fails."""

import pandas as pd
import pytest

from benchmarks import registers
from benchmarks.problems import registers as problems
from benchmarks.stages import Stages
from matchwright.core.records import PAIR_KEYS

RECORDS = 5_000


@pytest.fixture(scope="module")
def made():
    return problems.synthetic_register(RECORDS)


def test_every_candidate_of_a_test_record_is_judged_in_the_part_of_one_of_its_records(made):
    problem, true = made
    parts = true.drop_duplicates("left_key").set_index("left_key")["part"]
    judged = problem.pairs[problem.pairs["part"].isin(["valid", "test"])]
    assert len(judged) > 500
    within = judged[judged["left_key"].map(parts).eq("test") & judged["right_key"].map(parts).eq("test")]
    assert (within["part"] == "test").all()
    assert set(map(tuple, judged[PAIR_KEYS].to_numpy())) <= set(map(tuple, problem.candidates[PAIR_KEYS].to_numpy()))


def test_all_true_pairs_are_known_and_most_are_candidates(made):
    problem, true = made
    proposed = problem.candidates.merge(true, on=PAIR_KEYS)
    assert 0.98 < len(proposed) / len(true) <= 1
    in_test = problem.pairs[problem.pairs["part"] == "test"]
    assert in_test["label"].sum() == (proposed["part"] == "test").sum()


def test_the_draft_compares_nothing_that_identifies_a_person_alone(made):
    spec = made[0].spec
    assert {"phone", "email", "soc_sec_id"} <= set(spec.fields)
    assert not {"phone", "email", "soc_sec_id"} & set(spec.compared)


def test_the_draft_sees_true_pairs_of_the_train_part_alone(monkeypatch):
    table = pd.DataFrame({"id": [str(n) for n in range(3_000)], "entity": [n // 2 for n in range(3_000)]})
    seen = []

    def infer(records, _, pairs, name):
        seen.append(pairs)
        raise RuntimeError

    monkeypatch.setattr(problems, "infer_spec", infer)
    with pytest.raises(RuntimeError):
        problems.register_of(table, "pairs")
    keys = pd.DataFrame({"record_key": "left:" + table["id"]})
    true = pd.DataFrame({"left_key": "left:" + seen[0]["left_id"], "right_key": "left:" + seen[0]["right_id"]})
    every = keys.iloc[::2].reset_index(drop=True)["record_key"], keys.iloc[1::2].reset_index(drop=True)["record_key"]
    pairs = pd.DataFrame({"left_key": every[0], "right_key": every[1], "label": 1})
    parts = problems.split_entities(keys["record_key"], pairs, problems.SPLIT, problems.SEED)
    assert 800 < len(true) < 1_000
    assert (true["left_key"].map(parts) == "train").all()


def test_of_a_large_register_a_share_of_the_entities_is_judged_with_all_candidates(monkeypatch, made):
    whole, _ = made
    monkeypatch.setattr(problems, "JUDGED", 300)
    problem, true = problems.synthetic_register(RECORDS)
    pd.testing.assert_frame_equal(problem.candidates, whole.candidates)
    for part in ("valid", "test"):
        all_pairs, fewer = (each.pairs[each.pairs["part"] == part] for each in (whole, problem))
        assert 0.1 < len(fewer) / len(all_pairs) < 0.5
        # those that are left have the same candidates and labels
        assert len(fewer.merge(all_pairs, on=[*PAIR_KEYS, "label"])) == len(fewer)
        assert 0 < fewer["label"].sum() <= (true["part"] == part).sum()
    train = [each.pairs[each.pairs["part"] == "train"] for each in (whole, problem)]
    assert len(train[0]) == len(train[1])


def test_a_folder_without_a_register_ends_with_code_2_and_one_line(tmp_path, capsys):
    (tmp_path / "products").mkdir()
    pd.DataFrame({"id": ["1"], "title": ["without the truth"]}).to_parquet(tmp_path / "products" / "records.parquet")
    with pytest.raises(SystemExit) as ended:
        registers.main(["--data", str(tmp_path)])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "has no folder with a records.parquet that has a column entity. Hint: name a folder" in said


def test_a_folder_of_the_environment_without_a_register_is_no_pass_either(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MATCHWRIGHT_DATA", str(tmp_path / "absent"))
    with pytest.raises(SystemExit) as ended:
        registers.main([])
    assert ended.value.code == 2
    assert "absent" in capsys.readouterr().err


@pytest.mark.parametrize("option", [["--seeds", "0"], ["--synthetic", "100"], ["--synthetic", "many"]])
def test_an_option_that_measures_nothing_is_refused(option, capsys):
    with pytest.raises(SystemExit) as ended:
        registers.main(option)
    assert ended.value.code == 2
    assert "is not a whole number from" in capsys.readouterr().err


def test_stages_add_up_and_a_stage_may_come_back():
    stages = Stages()
    for stage in ("draft", "candidates", "draft"):
        stages.begin(stage)
        sum(range(200_000))
    report = stages.report()
    assert report.startswith("processor time draft ")
    assert report.count("draft") == 1
    assert "candidates" in report
    assert "peak memory" in report


def test_any_name_of_a_folder_is_made_a_name_of_a_spec():
    assert registers.spec_name("2024-People") == "set_2024_people"
    assert len(registers.spec_name("x" * 90)) == 40


@pytest.mark.slow
def test_a_register_of_one_table_is_judged_by_the_scorer_and_with_neighbours(capsys):
    registers.main(["--synthetic", str(RECORDS), "--seeds", "1"])
    said = capsys.readouterr().out
    for method in ("scorer", "with neighbours", "and further candidates"):
        assert method in said
    row = next(line for line in said.splitlines() if "synthetic persons" in line and "│" in line)
    figures = [float(cell.split()[0]) for cell in row.split("│") if "to" in cell]
    assert len(figures) == 3
    assert min(figures) > 90
