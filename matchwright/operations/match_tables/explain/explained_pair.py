"""Why two records did or did not come together, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from matchwright.matching.deciding import ASSIGNED_ELSEWHERE, CUT
from matchwright.matching.explaining import EvidenceBetween, RuleOutcome
from matchwright.matching.paths import Link
from matchwright.operations.match_tables.explain.parts import ClusterOfRecord, ExplainedReason, ScoredPair, link_text

_BANDS = {"match": "a match", "review": "left to a person", "no_match": "no match"}


@dataclass(frozen=True)
class ExplainedPair:
    """Why two records did or did not come together.

    - ``pair``: its decision in the run; None if it was not compared.
    - ``proposed_by``: the methods that proposed it.
    - ``alone``: the decision as a pair alone, of a pair that was not compared; None without the bundle and the tables.
    - ``review_from``, ``match_from``: the thresholds of the run.
    - ``reasons``, ``hint``: of the decision.
    - ``rules``: what each rule says about the pair; None without the bundle and the tables.
    - ``other_methods``: the methods that are no rules.
    - ``budget``: the candidates that a record may have. ``cut_off``: whether the run cut pairs off.
    - ``one``, ``other``: the clusters of the two records.
    - ``path``: the strongest path of joined pairs between them.
    - ``rivals``: for a match that did not join, the pairs that joined its records.
    - ``between``: for a match that was cut, the evidence between the two clusters.
    - ``notes``: what else must be known to read it.
    """

    keys: tuple[str, str]
    pair: ScoredPair | None
    proposed_by: tuple[str, ...]
    review_from: float
    match_from: float
    one: ClusterOfRecord
    other: ClusterOfRecord
    alone: ScoredPair | None = None
    reasons: tuple[ExplainedReason, ...] = ()
    hint: str = ""
    rules: tuple[RuleOutcome, ...] | None = None
    other_methods: tuple[str, ...] = ()
    budget: int = 0
    cut_off: bool = False
    path: tuple[Link, ...] = ()
    rivals: tuple[ScoredPair, ...] = ()
    between: EvidenceBetween | None = None
    notes: tuple[str, ...] = ()

    @property
    def together(self) -> bool:
        """Whether the two records are in one cluster."""
        return self.one.cluster == self.other.cluster

    def lines(self) -> Iterator[str]:
        """The explanation for a terminal."""
        came = "came together" if self.together else "did not come together"
        yield f"{' and '.join(self.keys)} {came}: {self._why()}."
        yield from self._proposed()
        for name, pair in (("Score", self.pair), ("Score as a pair alone, if it had been compared", self.alone)):
            if pair is not None:
                match = f"match from {self.match_from}" if self.match_from <= 1 else "no score is a match"
                limits = f"review from {self.review_from}, {match}"
                yield f"  {name}: {pair.score:.6f}, {pair.band} ({limits})."
        if self.reasons:
            yield "  Reasons:"
            yield from (f"    {reason.line()}" for reason in self.reasons)
        if self.hint:
            yield f"  Hint: {self.hint}"
        if self.rivals:
            yield "  What joined these records instead:"
            yield from (f"    {pair.line()}" for pair in self.rivals)
        if self.between is not None:
            yield from _between(self.between)
        yield "  Clusters:"
        clusters = (self.one,) if self.together else (self.one, self.other)
        yield from (f"    {line}" for cluster in clusters for line in cluster.lines())
        if self.path:
            weakest = min(self.path, key=lambda link: link[2])
            yield f"  The strongest path between them; its weakest link is {link_text(weakest)}:"
            yield from (f"    {left} - {right}: {score:.6f}" for left, right, score in self.path)
        yield from (f"  Note: {note}" for note in self.notes)

    def _why(self) -> str:
        if self.pair is None:
            return (
                "through other records; their own pair was not compared"
                if self.together
                else "their pair was not compared"
            )
        if self.together:
            how = "their pair joined them" if self.pair.joined else "through other records"
            return how if self.pair.band == "match" else f"{how}; their own pair is {_BANDS[self.pair.band]}"
        return {
            ASSIGNED_ELSEWHERE: "their pair is a match, but a record has at most one, and that is a better one",
            CUT: "their pair is a match, but the other pairs of their records speak against it, so the chain was cut",
        }.get(self.pair.not_joined_because, f"their pair is {_BANDS[self.pair.band]}")

    def _proposed(self) -> Iterator[str]:
        if self.pair is not None:
            yield f"  Proposed by: {', '.join(self.proposed_by)}."
            return
        if self.rules is None:
            cut = f", or the budget of {self.budget:,} candidates cut it off" if self.cut_off else ""
            yield f"  Proposed by: no method{cut}."
            return
        proposing = [outcome for outcome in self.rules if outcome.proposes]
        if proposing:
            names = ", ".join("+".join(outcome.rule) for outcome in proposing)
            yield f"  Proposed by: {names}. But the budget of {self.budget:,} candidates for a record cut it off."
        else:
            yield "  Proposed by: no rule."
        for outcome in self.rules:
            if not outcome.proposes:
                yield f"    {'+'.join(outcome.rule)}: {_outcome(outcome)}"
        for method in self.other_methods:
            beyond = ", or the budget cut it off" if self.cut_off else ""
            yield f"    {method}: the records are not near enough{beyond}"


def _outcome(outcome: RuleOutcome) -> str:
    parts = []
    if outcome.differ:
        parts.append(f"{', '.join(outcome.differ)} {'differs' if len(outcome.differ) == 1 else 'differ'}")
    if outcome.missing:
        parts.append(f"{', '.join(outcome.missing)} {'is' if len(outcome.missing) == 1 else 'are'} missing")
    return "; ".join(parts)


def _between(between: EvidenceBetween) -> Iterator[str]:
    yield (
        f"  Between their two clusters {between.speak_for:,} pairs speak for a match, {between.speak_against:,} "
        f"against, and {between.unseen:,} were not compared."
    )
    apart = "so the clusters stay apart" if between.log_odds <= 0 else "but with the rest of the chain they do not"
    above = "do not add up to more than 0" if between.log_odds <= 0 else "add up to more than 0"
    yield f"  Their log-odds {above} ({between.log_odds:+.2f}), {apart}."
