"""The plan of a run, before anything is done."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matchwright.core.bundle import Bundle
from matchwright.core.candidates import RecordTable
from matchwright.core.records import record_features
from matchwright.matching.plan import Plan, plan_of
from matchwright.operations.match_tables.inputs import MatchInput
from matchwright.operations.match_tables.options import GIGABYTE, MatchOptions
from matchwright.operations.match_tables.register import larger_register, read_inputs


@dataclass(frozen=True)
class TablesPlan:
    """What matching tables takes, and what is unusual about it."""

    plan: Plan
    warning: str

    def lines(self) -> Iterator[str]:
        """The plan for a terminal."""
        plan = self.plan
        yield f"{plan.records:,} records, {plan.possible_pairs:,} possible pairs"
        yield f"  {'method':<50} {'pairs, at most':>16} {'largest block':>14} {'seconds':>9}"
        for method in plan.methods:
            block = f"{method.largest_block:,}" if method.largest_block else ""
            narrowed = "  its large blocks are divided" if method.narrowed else ""
            seconds = method.seconds / plan.workers
            yield f"  {method.name:<50} {method.pairs:>16,} {block:>14} {seconds:>9,.0f}{narrowed}"
        yield (
            f"At most {plan.pairs:,} pairs in {plan.seconds:,.0f} s with {plan.workers} processes, after candidates "
            f"are proposed; {plan.memory / GIGABYTE:.1f} GB of memory and {plan.disk / GIGABYTE:.1f} GB of disk."
        )
        if self.warning:
            yield f"Warning: {self.warning}"


def plan_tables(bundle: Bundle, inputs: Sequence[MatchInput], options: MatchOptions) -> TablesPlan:
    """Read the tables and say what matching them takes. Nothing is written.

    Raises:
        DataError: a table does not fit the bundle's spec.
    """
    one_table = len(inputs) == 1 or options.link_and_dedupe
    records = read_inputs(bundle.model.spec, inputs).drop_duplicates("record_key").dropna(subset=["record_key"])
    features = record_features(records.reset_index(drop=True), bundle.model.spec, bundle.model.corpus)
    table = RecordTable.of(features, one_table=one_table)
    warning = larger_register(bundle, table)
    plan = plan_of(bundle.model, table, options.workers, options.memory)
    return TablesPlan(plan, "" if warning is None else str(warning))
