"""What matching a register would take: the pairs of each rule, and the time and memory for them."""

import time
from dataclasses import dataclass

import numpy as np

from matchwright.core.candidates import RecordTable
from matchwright.core.candidates.blocks import Blocks, blocks_of, largest_block, pair_counts
from matchwright.core.candidates.rules import rule_name
from matchwright.core.candidates.tfidf import NAME as TFIDF
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.records.columns import take
from matchwright.matching.features import candidates_compete, numbered_features
from matchwright.matching.partitions import BYTES_PER_PAIR, MOST

SAMPLE = 5_000
"""Pairs of each rule that are compared and scored to find how long a pair takes."""

BYTES_OF_COMPETING_PAIR, BYTES_OF_PAIR = 150, 60
"""What each pair of the register takes where candidates compete and where they do not, measured."""

REPEATS = 2
"""Where candidates compete, a pair is scored by two stages. So scoring takes twice what one stage takes."""


@dataclass(frozen=True)
class PlannedMethod:
    """A method that proposes pairs: how many at most, its largest block in records, and the seconds for its pairs.

    ``narrowed`` says that it would make more pairs than the spec allows, so its large blocks are divided.
    """

    name: str
    pairs: int
    largest_block: int
    seconds: float
    narrowed: bool


@dataclass(frozen=True)
class Plan:
    """What a run would take at most: pairs that several methods propose are counted for each of them."""

    records: int
    possible_pairs: int
    methods: tuple[PlannedMethod, ...]
    memory: int
    disk: int
    workers: int

    @property
    def pairs(self) -> int:
        """The pairs of all methods together."""
        return sum(method.pairs for method in self.methods)

    @property
    def seconds(self) -> float:
        """The time for comparing and scoring them, with all workers."""
        return sum(method.seconds for method in self.methods) / self.workers


def plan_of(model: DecisionModel, table: RecordTable, workers: int, memory: int) -> Plan:
    """The plan for a register. A few pairs of each rule are compared and scored, to find how long a pair takes.

    Args:
        model: the decision model.
        table: record features of all records.
        workers: processes that share the work.
        memory: bytes that partitions may take together.
    """
    spec = model.spec.candidates
    blocks = {rule_name(rule): blocks_of(table.features, rule) for rule in spec.rules}
    counts = {name: int(pair_counts(block, table).sum()) for name, block in blocks.items()}
    per_pair = _seconds_per_pair(model, table, list(blocks.values()))
    methods = []
    for name, block in blocks.items():
        pairs = min(counts[name], spec.max_pairs_per_rule)
        methods.append(PlannedMethod(name, pairs, largest_block(block), pairs * per_pair, pairs < counts[name]))
    if spec.tfidf is not None:
        asked = len(table.left) + (len(table.right) if spec.tfidf.both_ways and not table.one_table else 0)
        most = asked * spec.tfidf.top_k
        methods.append(PlannedMethod(TFIDF, most, 0, most * per_pair, narrowed=False))
    pairs = sum(method.pairs for method in methods)
    competing = candidates_compete(model)
    features = int(table.features.memory_usage(deep=False).sum())
    partitions = min(memory, BYTES_PER_PAIR * MOST * workers)
    return Plan(
        records=len(table.keys),
        possible_pairs=table.possible_pairs,
        methods=tuple(methods),
        memory=features + partitions + (BYTES_OF_COMPETING_PAIR if competing else BYTES_OF_PAIR) * pairs,
        # the comparisons of pairs are kept only where candidates compete
        disk=pairs * 4 * (20 + (len(model.comparison_names) if competing else 0)),
        workers=workers,
    )


def _seconds_per_pair(model: DecisionModel, table: RecordTable, blocks: list[Blocks]) -> float:
    ends = [_some_pairs(block) for block in blocks]
    left, right = (np.concatenate([np.zeros(0, dtype=np.intp), *(end[side] for end in ends)]) for side in (0, 1))
    if not len(left):
        return 0.0
    columns = numbered_features(table)
    # what is known of all values is computed once, and not for each pair
    model.compare(take(columns, left[:1]), take(columns, right[:1]))
    begun = time.perf_counter()
    compared = model.compare(take(columns, left), take(columns, right))
    between = time.perf_counter()
    model.scores(compared)
    scored = time.perf_counter() - between
    return (between - begun + (REPEATS if candidates_compete(model) else 1) * scored) / len(left)


def _some_pairs(block: Blocks) -> "tuple[np.ndarray[tuple[int], np.dtype[np.intp]], ...]":
    """A few pairs of a rule: records that follow each other in a block."""
    order = np.argsort(block, kind="stable")
    same = np.flatnonzero((block[order][1:] == block[order][:-1]) & (block[order][1:] >= 0))
    chosen = same[:: max(len(same) // SAMPLE, 1)][:SAMPLE]
    return order[chosen], order[chosen + 1]
