"""Writing the candidate rules of a draft, each with its pairs and with the share of the matches that it finds."""

from collections.abc import Iterator

from matchwright.core.spec.blocking import CandidateSpec
from matchwright.drafting.draft import Draft
from matchwright.drafting.rules import Lean, Rule, Rules
from matchwright.drafting.yaml_text import listed
from matchwright.evaluation.wilson import wilson_interval

_NEARLY_ALL = 0.985
"""Above it an estimate says no number, as the error of the estimate is larger than the rest."""
_USUALLY_TOO_HIGH = "1 to 9 points"
"""On made registers of 4,000 to 20,000 persons, whose matches are known."""


def candidate_lines(draft: Draft) -> Iterator[str]:
    """The section ``candidates`` of a draft."""
    yield "candidates:"
    yield from _rules(draft)
    least = 0.1 if draft.of_persons else 0.05
    yield "  # The most similar texts find pairs that no rule finds. A larger top_k finds more and takes longer."
    both = ", both_ways: true" if len(draft.rows) == 2 and max(draft.rows) <= 3 * min(draft.rows) else ""
    limits = f"ngram: 3, top_k: {draft.top_k}, min_similarity: {least}{both}"
    yield f"  tfidf: {{fields: {listed(draft.tfidf_fields)}, {limits}}}"
    if len(draft.rows) == 1:
        yield "  # What changed twice may agree in too little. A record from between the changes brings both together."
        yield "  common_neighbours: true"


def _rules(draft: Draft) -> Iterator[str]:
    rules = draft.rules
    yield "  # A rule compares records that are equal in all its features. Comments count its pairs in these tables."
    pairs = sum(rule.pairs for rule in rules.chosen) / sum(draft.rows)
    if rules.recall is None:
        yield f"  # Together they make at most {pairs:.1f} pairs per record. Which matches they find is not known."
    else:
        together = _share(rules.recall, rules.estimated, rules.lean)
        yield f"  # Together they find {together} of the matches, with at most {pairs:.1f} pairs per record."
        yield from _source(rules)
    yield "  rules:"
    lines = [f"    - {listed(rule.features)}" for rule in rules.chosen]
    widest = max(map(len, lines))
    for line, rule in zip(lines, rules.chosen, strict=True):
        yield f"{line:<{widest}}  # {rule.pairs:,} pairs{_found(rule, rules.estimated)}"
    most = max(rule.pairs for rule in rules.chosen)
    if 2 * most > CandidateSpec.model_fields["max_pairs_per_rule"].default:
        yield f"  max_pairs_per_rule: {2 * most}  # twice the pairs of the largest rule, so that the tables can grow"


def _found(rule: Rule, estimated: bool) -> str:
    return "" if rule.recall is None else f", finds {_share(rule.recall, estimated, rule.lean)} of the matches"


def _share(share: float, estimated: bool, lean: Lean) -> str:
    """A share in words: an estimate is 'about' so much, is never all, and may be off in a direction."""
    if not estimated:
        return f"{share:.1%}" if share > _NEARLY_ALL else f"{share:.0%}"
    if share > _NEARLY_ALL:
        return "nearly all" if lean in ("", "or more") else "nearly all or less"
    return f"about {share:.0%} {lean}".strip()


def _source(rules: Rules) -> Iterator[str]:
    """What the shares were taken from, and how far they hold."""
    if not rules.estimated:
        yield f"  # guessed: these shares are measured on {rules.source}. A match with a missing value is not found."
        yield "  # Matches that nobody has labelled yet may be harder to find."
    else:
        yield from _estimate(rules)
    if rules.measured:
        found, matches = rules.measured
        low, high = (float(bound) for bound in wilson_interval(found, matches))
        yield f"  # They find {found:,} of {matches:,} labelled matches: 95% interval {low:.1%} to {high:.1%}."


def _estimate(rules: Rules) -> Iterator[str]:
    """How far estimates hold."""
    yield f"  # guessed: these shares are no counts and no bounds. They are estimated from {rules.source}."
    why = "Such pairs have fewer errors than other matches"
    yield f"  # {why}, so as a rule the shares are {_USUALLY_TOO_HIGH} too high."
    leans = {rule.lean for rule in rules.chosen} | {rules.lean}
    if leans & {"or less", "or not"}:
        yield "  # 'or less': those pairs all agree in a field of the rule, and matches may not."
    if leans & {"or more", "or not"}:
        yield "  # 'or more': many of those pairs may be no matches, because they seldom agree in a field of the rule."
    if "or not" in leans:
        yield "  # 'or not': it may be far less or far more."
