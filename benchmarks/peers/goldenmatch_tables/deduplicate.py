"""Deduplicate a table with GoldenMatch and no configuration. Runs with its own packages, see requirements.txt.

    PYTHON benchmarks/peers/goldenmatch_tables/deduplicate.py records.csv clusters.json

Writes the cluster of each row, in the order of the table, or null where GoldenMatch has no confidence in the
configuration that it found and refuses to run it. It makes no choice: GoldenMatch sees the file alone.
"""

import json
import sys
from pathlib import Path

import goldenmatch
from goldenmatch.core.autoconfig_controller import ControllerNotConfidentError


def main(records: str, target: str) -> None:
    """Deduplicate the records and write their clusters."""
    try:
        found = goldenmatch.dedupe(records)
    except ControllerNotConfidentError as refused:
        print(refused)
        Path(target).write_text("null")
        return
    clusters: dict[int, int] = {}
    for cluster, content in found.clusters.items():
        clusters |= dict.fromkeys(content["members"], int(cluster))
    # a record that is in no cluster is alone
    alone = [clusters.get(row, -1 - row) for row in range(found.total_records)]
    Path(target).write_text(json.dumps(alone))


if __name__ == "__main__":
    main(*sys.argv[1:])
