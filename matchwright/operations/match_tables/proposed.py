"""The candidates of a run, kept in its working folder: a run that goes on does not propose them again."""

import json
import time
from dataclasses import asdict
from functools import partial

import numpy as np

from matchwright.core.candidates import (
    HERE,
    Bounded,
    CandidatePairs,
    Methods,
    Narrowed,
    RecordTable,
    pairs_within_budget,
    propose_pairs,
)
from matchwright.core.models.network import Embeddings
from matchwright.core.spec import MatchSpec
from matchwright.matching.budget import Budgeted
from matchwright.matching.partitions import Progress, Report
from matchwright.matching.working_folder import WorkingFolder
from matchwright.operations.match_tables.run_folder import CANDIDATES


def proposed_candidates(
    working: WorkingFolder,
    table: RecordTable,
    spec: MatchSpec,
    embeddings: Embeddings | None,
    report: Report,
    methods: Methods = HERE,
) -> tuple[CandidatePairs, Budgeted]:
    """The candidates within the budget, and what it cut off; or what an earlier try has kept in the working folder."""
    if not working.has(f"{CANDIDATES}/proposed"):
        begun = time.monotonic()

        def looked_up(done: int, of: int) -> None:
            report(Progress("looking up similar records", done, of, time.monotonic() - begun))

        embed = None if embeddings is None else partial(embeddings.record_vectors, spec=spec)
        everything = propose_pairs(table, spec, embed, looked_up, narrow=True, methods=methods)
        most = spec.candidates.max_candidates_per_record
        pairs = pairs_within_budget(everything, most, table.one_table)
        budgeted = Budgeted.of(everything, pairs, most, table.one_table)
        working.write(f"{CANDIDATES}/ranks", budgeted.ranks)
        working.write(f"{CANDIDATES}/cut", budgeted.cut)
        for name in ("left", "right", "methods"):
            working.write(f"{CANDIDATES}/{name}", getattr(pairs, name))
        for name, ranks in pairs.ranks.items():
            working.write(f"{CANDIDATES}/{name}_rank", ranks)
        working.write(f"{CANDIDATES}/names", np.array(pairs.names))
        working.write(f"{CANDIDATES}/narrowed", np.array([json.dumps([asdict(one) for one in everything.narrowed])]))
        left_out = None if everything.bounded is None else asdict(everything.bounded)
        working.write(f"{CANDIDATES}/bounded", np.array([json.dumps(left_out)]))
        working.write(f"{CANDIDATES}/proposed", np.array([len(everything)]))  # last: its presence says done
    kept = {name: np.array(working.read(f"{CANDIDATES}/{name}")) for name in ("left", "right", "methods")}
    names = tuple(str(name) for name in working.read(f"{CANDIDATES}/names"))
    written = json.loads(str(working.read(f"{CANDIDATES}/narrowed")[0]))
    narrowed = tuple(Narrowed(**{**one, "by": tuple(one["by"])}) for one in written)
    found = json.loads(str(working.read(f"{CANDIDATES}/bounded")[0]))
    bounded = None if found is None else Bounded(**found)
    pairs = CandidatePairs(**kept, names=names, ranks={}, narrowed=narrowed, bounded=bounded)
    return pairs, Budgeted(*(np.array(working.read(f"{CANDIDATES}/{name}")) for name in ("ranks", "cut")))
