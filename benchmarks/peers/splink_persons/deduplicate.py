"""Deduplicate a table of persons with Splink 5 on DuckDB. Runs with Splink's own packages, see requirements.txt.

    PYTHON benchmarks/peers/splink_persons/deduplicate.py records.parquet FOLDER --setting tuned --missing FILE
    PYTHON benchmarks/peers/splink_persons/deduplicate.py records.parquet FOLDER --setting tuned --missing FILE --count

The first command cleans the table, trains without labels, scores and clusters. It writes pairs.parquet (left_id,
right_id, score), clusters.parquet (rec_id, cluster_id) and a file ``seconds``: how long it took from the table to its
clusters. The second command writes the number of pairs that the rules let through, to a file ``compared``; a run of its
own, so that counting takes no time of the first.
"""

import argparse
import json
import logging
import time
from pathlib import Path

import duckdb
from nicknames import NickNamer
from settings import SETTINGS, SURE_RULES, SURE_SHARE, Setting
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.blocking_analysis import count_comparisons_from_blocking_rules

ID = "rec_id"
COLUMNS = (
    "given_name",
    "surname",
    "street_number",
    "address_1",
    "suburb",
    "postcode",
    "state",
    "date_of_birth",
)
PLACEHOLDERS = {"date_of_birth": ["1901-01-01", "1970-01-01"]}
"""The most frequent dates of birth. ``splink.exploratory.profile_columns`` shows that they are placeholders."""
LEAST_SCORE = 0.01
DISTINCT_PAIRS = 1e6
"""Pairs that estimate the u probabilities."""
MOST_ROUNDS = 10
"""Rounds of a training session. With Splink's own 25, a level that no match of a million records has gets a probability
that a number cannot hold, and Splink ends with an error."""


def main() -> None:
    """Deduplicate, or count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--setting", choices=SETTINGS, required=True)
    parser.add_argument("--missing", type=Path, required=True, help="JSON: the words for an empty cell, by column")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--count", action="store_true")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    setting = SETTINGS[options.setting]
    api = DuckDBAPI(duckdb.connect(config={"threads": options.threads}))
    table = api.register(cleaned(api.duckdb_con, options.records, json.loads(options.missing.read_text())))
    options.out.mkdir(parents=True, exist_ok=True)
    if options.count:
        counts = count_comparisons_from_blocking_rules(
            table,
            blocking_rules=setting.rules,
            link_type="dedupe_only",
            unique_id_column_name=ID,
            record_sample_proportion=1.0,
        )
        (options.out / "compared").write_text(str(counts[-1]["cumulative_comparison_count"]))
    else:
        deduplicate(table, setting, options.out)


def cleaned(connection: duckdb.DuckDBPyConnection, records: Path, missing: dict) -> duckdb.DuckDBPyRelation:
    """The columns that are compared, without words for an empty cell, and the short forms of each given name."""
    table = connection.read_parquet(str(records))
    columns = ", ".join(_known(column, missing) for column in COLUMNS)
    connection.register("known", table.project(f"{ID}, {columns}"))
    namer = NickNamer()
    names = [
        name
        for (name,) in connection.sql("select distinct given_name from known where given_name is not null").fetchall()
    ]
    connection.sql("create table short_forms (name varchar, forms varchar[])")
    connection.executemany(
        "insert into short_forms values (?, ?)", [[name, sorted({name, *namer.canonicals_of(name)})] for name in names]
    )
    return connection.sql("select known.*, forms from known left join short_forms on name = given_name")


def _known(column: str, missing: dict) -> str:
    words = ", ".join("'" + word.replace("'", "''") + "'" for word in missing[column] + PLACEHOLDERS.get(column, []))
    return f"case when lower({column}) not in ({words}) then {column} end as {column}" if words else column


def deduplicate(table, setting: Setting, out: Path) -> None:
    """Train, score, cluster and write."""
    begun = time.monotonic()
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name=ID,
        blocking_rules_to_generate_predictions=setting.rules,
        comparisons=setting.comparisons(),
        retain_matching_columns=False,
        max_iterations=MOST_ROUNDS,
    )
    linker = Linker(table, settings)
    training = linker.training
    training.estimate_probability_two_random_records_match(SURE_RULES, recall=SURE_SHARE)
    training.estimate_u_using_random_sampling(max_pairs=DISTINCT_PAIRS, seed=1)
    for columns in setting.training_blocks:
        training.estimate_parameters_using_expectation_maximisation(
            block_on(*columns), estimate_without_term_frequencies=True, max_pairs=setting.training_pairs
        )
    predicted = linker.inference.predict(threshold_match_probability=LEAST_SCORE)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
        predicted, threshold_match_probability=setting.join_from
    )
    (out / "seconds").write_text(str(time.monotonic() - begun))
    found = f"{ID}_l as left_id, {ID}_r as right_id, match_probability as score"
    predicted.as_duckdbpyrelation().project(found).write_parquet(str(out / "pairs.parquet"))
    clusters.as_duckdbpyrelation().project(f"{ID}, cluster_id").write_parquet(str(out / "clusters.parquet"))


if __name__ == "__main__":
    main()
