"""The funnel of a run: from records to candidates to matches, for each method that proposes pairs."""

from typing import Any

import numpy as np

from matchwright.core.candidates import CandidatePairs, RecordTable
from matchwright.matching.deciding import BY_NEIGHBOURS
from matchwright.matching.engine import Bands
from matchwright.matching.scored_pairs import ScoredPairs

HISTOGRAM_BINS = 20


def funnel_of(table: RecordTable, pairs: CandidatePairs, scored: ScoredPairs, bands: Bands) -> dict[str, Any]:
    """How many pairs are possible, proposed, and decided, and what each method has found.

    ``found_alone`` are the matches that no other method proposes: what leaving the method out would lose.
    """
    of_candidates = bands[: len(pairs)]
    matches = of_candidates == "match"
    methods = []
    for bit, name in enumerate(pairs.names):
        mask = np.int64(1) << bit
        has = (pairs.methods & mask) != 0
        methods.append(
            {
                "method": name,
                "pairs": int(has.sum()),
                "matches": int((has & matches).sum()),
                "reviews": int((has & (of_candidates == "review")).sum()),
                "found_alone": int((matches & (pairs.methods == mask)).sum()),
            }
        )
    beyond = bands[len(pairs) :]
    if len(beyond):
        found = int((beyond == "match").sum())
        reviews = int((beyond == "review").sum())
        row = {"method": BY_NEIGHBOURS, "pairs": len(beyond), "matches": found, "reviews": reviews}
        methods.append({**row, "found_alone": found})
    return {
        "possible_pairs": table.possible_pairs,
        "compared_pairs": len(scored),
        "bands": {band: int((bands == band).sum()) for band in ("match", "review", "no_match")},
        "methods": methods,
        "score_histogram": np.histogram(scored.scores, bins=HISTOGRAM_BINS, range=(0.0, 1.0))[0].tolist(),
    }
