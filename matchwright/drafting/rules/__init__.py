"""Candidate rules that find most of the matches and make few pairs, at the size of the tables.

What a rule costs grows faster than the tables: the pairs of equal values grow with the square of the records, and the
matches with the records. So rules are chosen for the tables at hand. The pairs are counted, and the matches that a rule
finds are seen in labelled matches or estimated without any. A match in which a rule's field is missing is not found.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from matchwright.drafting.fields import DraftField
from matchwright.drafting.rules.features import Block, Feature, PairCounter, features_of
from matchwright.drafting.rules.greedy import MOST_RULES, candidate_blocks, choose_within_budget
from matchwright.drafting.rules.matches import (
    FEWEST_MATCHES,
    FEWEST_MEASURED,
    Agreement,
    Matches,
    agreement_of,
    estimated_matches,
    labelled_matches,
    share_listed,
)
from matchwright.drafting.tables import Labels

__all__ = ["PAIRS_PER_RECORD", "Lean", "Rule", "Rules", "choose_rules", "share_of_likely_matches"]

PAIRS_PER_RECORD = 8
"""The most pairs that all drafted rules together may make, per record of all tables, beside the labelled matches."""

Lean = Literal["", "or less", "or more", "or not"]
"""In which direction an estimated share may be far off; ``or not`` if in both. It is a bound in none."""

_LEAST_BUDGET = 1_000
_LEAST_COVERAGE = 0.05
_MOST_USES = 3


@dataclass(frozen=True)
class Rule:
    """Record features that must be equal, how many pairs that makes in these tables, and the share of matches it finds.

    ``recall`` is None where nothing is known about matches. ``lean`` says in which direction an estimate may be off.
    """

    features: tuple[str, ...]
    pairs: int
    recall: float | None = None
    lean: Lean = ""


@dataclass(frozen=True)
class Rules:
    """The chosen rules, the share of matches that they find together, and what the shares were taken from.

    ``measured`` has the labelled matches that the rules find together, and how many there are; None without any.
    ``others_found`` is how many of the pairs that are
    labelled as no match they find; None without any. ``estimated`` says that the shares are not from labelled matches.
    ``lean`` says in which direction an estimate may be off.
    """

    chosen: tuple[Rule, ...]
    recall: float | None = None
    source: str = ""
    measured: tuple[int, int] | None = None
    others_found: int | None = None
    estimated: bool = False
    lean: Lean = ""


def choose_rules(
    sides: list[pd.DataFrame], fields: list[DraftField], labelled_pairs: Labels | None, ids: list[list[str]]
) -> Rules:
    """One to ten rules. They make at most ``PAIRS_PER_RECORD`` pairs per record beside the labelled matches.

    They make more only where every rule does.

    The shares of matches that they find are measured on labelled matches where these are enough for a figure, whether
    or not they are enough to choose rules by.

    Args:
        sides: record features of each table.
        fields: the fields, compared or not.
        labelled_pairs: labelled pairs, if any. Rules are then chosen by the matches they find.
        ids: the record ids of each table, row by row.
    """
    sizes = [len(side) for side in sides]
    features = features_of(pd.concat(sides, ignore_index=True), fields)
    counter = PairCounter(sizes)
    # matches are wanted, however many there are of each entity
    wanted = int(labelled_pairs.matches.sum()) if labelled_pairs is not None else 0
    budget = max(PAIRS_PER_RECORD * sum(sizes), _LEAST_BUDGET) + wanted
    labelled = labelled_matches(features, labelled_pairs, ids) if labelled_pairs is not None else None
    count = 0 if labelled is None else labelled.agreement.shape[1]
    matches = labelled if count >= FEWEST_MATCHES else estimated_matches(features, counter) or labelled
    chosen: list[Block] = []
    if matches is not None:
        blocks = list(candidate_blocks(features, matches.agreement, counter, budget))
        chosen = choose_within_budget(blocks, sum(sizes), budget)
    chosen = [counter.exact(block) for block in chosen or _by_coverage(features, counter, budget)]
    rules = _with_shares(chosen, features, labelled if count >= FEWEST_MEASURED else matches)
    if labelled_pairs is None:
        return rules
    # all of them are counted, also where a sample of the matches is enough to choose rules by
    found, others = (
        _found(chosen, features, agreement_of(features, labelled_pairs, ids, match=match))[1] for match in (True, False)
    )
    return replace(
        rules,
        measured=(int(found.sum()), len(found)) if len(found) else None,
        others_found=int(others.sum()) if labelled_pairs.labelled else None,
    )


def share_of_likely_matches(
    sides: list[pd.DataFrame], fields: list[DraftField], labelled_pairs: Labels, ids: list[list[str]]
) -> float | None:
    """Of the likely matches of the tables, the share that is labelled as a match; None if no pair is likely to be one.

    See :func:`choose_rules` for the arguments. The likely matches are those that rules are estimated from.
    """
    features = features_of(pd.concat(sides, ignore_index=True), fields)
    return share_listed(features, PairCounter([len(side) for side in sides]), labelled_pairs, ids)


def _with_shares(chosen: Sequence[Block], features: Sequence[Feature], matches: Matches | None) -> Rules:
    """The rules with the shares of ``matches`` that they find."""
    if matches is None:
        return Rules(tuple(Rule(block.names, block.pairs) for block in chosen))
    found, together = _found(chosen, features, matches.agreement)
    return Rules(
        tuple(
            Rule(block.names, block.pairs, float(hits.mean()), _lean(block.fields, matches))
            for block, hits in zip(chosen, found, strict=True)
        ),
        float(together.mean()),
        matches.source,
        estimated=not matches.labelled,
        lean=_lean(frozenset().union(*(block.fields for block in chosen)), matches),
    )


def _lean(fields: frozenset[str], matches: Matches) -> Lean:
    unseen, mixed = bool(fields & matches.unseen), bool(fields & matches.mixed)
    return "or not" if unseen and mixed else "or less" if unseen else "or more" if mixed else ""


def _found(chosen: Sequence[Block], features: Sequence[Feature], pairs: Agreement) -> tuple[list[Agreement], Agreement]:
    """Which pairs each rule finds, and which all of them find together."""
    row = {feature.name: index for index, feature in enumerate(features)}
    found = [np.all(pairs[[row[name] for name in block.names]], axis=0) for block in chosen]
    return found, np.any(found, axis=0)


def _by_coverage(features: Sequence[Feature], counter: PairCounter, budget: int) -> list[Block]:
    """Rules on different fields, the most complete ones first. For tables of which no match is known."""
    told = [feature for feature in features if not feature.name.endswith("__initial")]
    alone = [counter.estimated([feature]) for feature in told]
    blocks = [block for block in alone if block.affordable(budget // 2)]
    small = [block.features[0] for block in blocks]
    wide = [feature for feature in told if feature not in small]
    blocks += [
        counter.estimated([one, other])
        for index, one in enumerate(wide)
        for other in wide[index + 1 :]
        if one.field.name != other.field.name
    ]
    order = sorted(blocks, key=lambda block: (len(block.fields), -round(block.coverage, 1), block.pairs))
    uses = dict.fromkeys((feature.field.name for feature in features), 0)
    chosen: list[Block] = []
    left = budget
    for block in order:
        nested = any({*block.names} <= {*other.names} or {*block.names} >= {*other.names} for other in chosen)
        usable = 0 < block.pairs <= left and block.coverage >= _LEAST_COVERAGE
        if len(chosen) < MOST_RULES and usable and not nested and all(uses[name] < _MOST_USES for name in block.fields):
            chosen.append(block)
            left -= block.pairs
            for name in block.fields:
                uses[name] += 1
    # if no rule fits, take the one that makes the fewest pairs
    return chosen or sorted(blocks or alone, key=lambda block: (block.pairs, -block.coverage))[:1]
