"""Why two records of a run did or did not come together."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.bundle import Bundle
from matchwright.core.candidates.rules import rule_name
from matchwright.core.decide.decision import Decision
from matchwright.core.records.columns import columns_of
from matchwright.errors import MatchingError
from matchwright.matching.deciding import ASSIGNED_ELSEWHERE, BY_NEIGHBOURS, CUT
from matchwright.matching.explaining import (
    EvidenceBetween,
    decided_again,
    evidence_between,
    needed_pairs,
    rule_outcomes,
)
from matchwright.matching.paths import strongest_path
from matchwright.operations.match_tables.complete_run import run_in
from matchwright.operations.match_tables.explain.explained_pair import ExplainedPair
from matchwright.operations.match_tables.explain.parts import (
    ClusterOfRecord,
    ExplainedReason,
    ScoredPair,
    cluster_of,
    compared_pair,
    kept_pair,
)
from matchwright.operations.match_tables.explain.recomputing import RunSources, numbered
from matchwright.operations.match_tables.explain.run_tables import RunTables
from matchwright.operations.match_tables.inputs import MatchInput


def explain_pair(
    folder: Path | str, given: tuple[str, str], bundle: Bundle | None = None, inputs: Sequence[MatchInput] = ()
) -> ExplainedPair:
    """Why two records did or did not come together.

    Args:
        folder: of the run, or its prefix in an object store.
        given: the keys of the two records, or their ids alone.
        bundle: that of the run. With it and the tables, the decision is computed again: so a pair that is no match has
            reasons, and a pair that was not compared has its score alone and what kept each rule from proposing it.
        inputs: the tables of the run.

    Raises:
        MatchingError: there is no complete run in the folder, or the run has no such record or pair.
        SettingsError: the bundle or a table is not that of the run.
    """
    tables = RunTables(run_in(folder))
    keys = _keys(tables, given)
    one, other = (tables.number_of(key) for key in keys)
    around = tables.compared_with([one, other])
    own = around[(around["left"] == one) & (around["right"] == other)]
    pair = compared_pair(tables, own) if len(own) else None
    kept = tables.pairs[(tables.pairs["left_key"] == keys[0]) & (tables.pairs["right_key"] == keys[1])]
    if len(kept):
        pair = kept_pair(kept.to_dict("records")[0])
    clusters = cluster_of(tables, keys[0]), cluster_of(tables, keys[1])
    together = clusters[0].cluster == clusters[1].cluster
    found: dict[str, Any] = _from_tables(kept)
    if bundle is not None:
        sources = RunSources.of(tables, bundle, inputs)
        found = {**found, **_from_sources(tables, sources, around, keys, own)}
    apart = pair.not_joined_because if pair is not None else ""
    return ExplainedPair(
        keys=keys,
        pair=pair,
        proposed_by=tuple(str(own["proposed_by"].iloc[0]).split("|")) if len(own) else (),
        review_from=tables.summary["bands"]["review_from"],
        match_from=tables.summary["bands"]["match_from"],
        one=clusters[0],
        other=clusters[1],
        budget=tables.summary["budget"]["most"],
        cut_off=tables.summary["cut_by_budget"] > 0,
        path=tuple(strongest_path(tables.links(keys[0]), *keys)) if together else (),
        rivals=_joined_instead(tables, keys) if apart == ASSIGNED_ELSEWHERE else (),
        between=_evidence(tables, clusters) if apart == CUT else None,
        **found,
    )


def _keys(tables: RunTables, given: tuple[str, str]) -> tuple[str, str]:
    left, right = sorted(tables.key_of(one) for one in given)
    if left == right:
        raise MatchingError(f"Both keys name {left}.", "name two records, or one to see what it was matched with")
    sources = {key.partition(":")[0] for key in (left, right)}
    if not tables.summary["one_table"] and len(sources) == 1:
        raise MatchingError(
            f"{left} and {right} are in the same table, and the run looked for pairs between two tables.",
            "name a record of each table, or match again with --link-and-dedupe",
        )
    return left, right


def _from_tables(kept: pd.DataFrame) -> dict[str, Any]:
    """The reasons and the hint that the run kept: codes without their texts."""
    if not len(kept):
        return {}
    row = kept.iloc[0]
    codes = [code for code in row["codes"].split("|") if code]
    return {"reasons": tuple(map(ExplainedReason, codes)), "hint": row["hint"] or ""}


def _from_sources(
    tables: RunTables, sources: RunSources, around: pd.DataFrame, keys: tuple[str, str], own: pd.DataFrame
) -> dict[str, Any]:
    """What is computed again: the decision with its reasons and, for a pair that was not compared, why."""
    numbers = tables.number_of(keys[0]), tables.number_of(keys[1])
    is_candidate = len(own) > 0 and own["proposed_by"].iloc[0] != BY_NEIGHBOURS
    records = {*numbers, *around["left"], *around["right"]} if is_candidate else set(numbers)
    pairs = needed_pairs(tables.compared_with(records), *numbers) if is_candidate else own.iloc[:0]
    needed = sorted({*numbers, *pairs["left"], *pairs["right"]})
    features = sources.features_of(tables.keys_of(needed))
    added = float(own["added"].iloc[0]) if len(own) else 0.0
    records_again = numbered(tables, features)
    decision = decided_again(sources.bundle.model, records_again, tables.frequencies, pairs, *numbers, added)
    found: dict[str, Any] = {
        "reasons": tuple(ExplainedReason(reason.code, reason.text) for reason in decision.reasons),
        "hint": decision.hint.text if decision.hint is not None else "",
    }
    if len(own):
        return {**found, "notes": _differences(float(own["score"].iloc[0]), decision)}
    spec = sources.bundle.model.spec.candidates
    by_key = columns_of(features.set_index("record_key", drop=False).loc[list(keys)])
    one, other = ({name: values[row] for name, values in by_key.items()} for row in (0, 1))
    rules = tuple(rule_outcomes(one, other, spec.rules))
    return {
        **found,
        "alone": ScoredPair(*keys, decision.score, decision.band, joined=False),
        "rules": rules,
        "other_methods": _other_methods(tables, [rule_name(rule) for rule in spec.rules]),
    }


def _differences(score: float, decision: Decision) -> tuple[str, ...]:
    if decision.score == score:
        return ()
    return (
        f"computed again, the score is {decision.score:.6f}: another version of Matchwright or of its libraries made "
        "the run, and the reasons are those of this one",
    )


def _other_methods(tables: RunTables, rules: list[str]) -> tuple[str, ...]:
    methods = [method["method"] for method in tables.summary["funnel"]["methods"]]
    return tuple(method for method in methods if method not in rules and method != BY_NEIGHBOURS)


def _joined_instead(tables: RunTables, keys: tuple[str, str]) -> tuple[ScoredPair, ...]:
    found = tables.pairs_of(*keys)
    joined = found[found["joined"]].sort_values(["score", "left_key"], ascending=[False, True])
    return tuple(kept_pair(row) for row in joined.to_dict("records"))


def _evidence(tables: RunTables, clusters: tuple[ClusterOfRecord, ClusterOfRecord]) -> EvidenceBetween:
    sides = [np.array([tables.number_of(key) for key in cluster.members]) for cluster in clusters]
    compared = tables.compared_with(sides[0].tolist())
    left, right = compared["left"].to_numpy(), compared["right"].to_numpy()
    between = (np.isin(left, sides[0]) & np.isin(right, sides[1])) | (
        np.isin(left, sides[1]) & np.isin(right, sides[0])
    )
    scores = compared["score"].to_numpy(dtype=np.float64)[between]
    return evidence_between(scores, (len(sides[0]), len(sides[1])))
