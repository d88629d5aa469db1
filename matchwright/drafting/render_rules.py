"""Writing the candidate rules of a draft, each with its pairs and with the share of the matches that it finds."""

from collections.abc import Iterator

from matchwright.core.spec.blocking import CandidateSpec
from matchwright.drafting.draft import Draft
from matchwright.drafting.rules import Rule, Rules
from matchwright.drafting.yaml_text import listed
from matchwright.evaluation.wilson import wilson_interval


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
        share = f"{rules.bound} about {rules.recall:.1%}".strip()
        yield f"  # Together they find {share} of the matches, with at most {pairs:.1f} pairs per record."
        yield from _source(rules)
    yield "  rules:"
    lines = [f"    - {listed(rule.features)}" for rule in rules.chosen]
    widest = max(map(len, lines))
    for line, rule in zip(lines, rules.chosen, strict=True):
        yield f"{line:<{widest}}  # {rule.pairs:,} pairs{_found(rule)}"
    most = max(rule.pairs for rule in rules.chosen)
    if 2 * most > CandidateSpec.model_fields["max_pairs_per_rule"].default:
        yield f"  max_pairs_per_rule: {2 * most}  # twice the pairs of the largest rule, so that the tables can grow"


def _found(rule: Rule) -> str:
    if rule.recall is None:
        return ""
    return f", finds {f'{rule.bound} {rule.recall:.0%}'.strip()} of the matches"


def _source(rules: Rules) -> Iterator[str]:
    """What the shares were taken from, and how far they hold."""
    if rules.estimated:
        yield f"  # guessed: these shares are no counts. They are estimated from {rules.source}."
    else:
        yield f"  # guessed: these shares are measured on {rules.source}. A match with a missing value is not found."
    bounds = {rule.bound for rule in rules.chosen}
    if bounds & {"at most", "perhaps"}:
        yield "  # 'at most': those pairs all agree in a field of the rule, and matches may not."
    if bounds & {"at least", "perhaps"}:
        yield "  # 'at least': many of those pairs may be no matches, because they seldom agree in a field of the rule."
    if rules.measured:
        found, matches = rules.measured
        low, high = (float(bound) for bound in wilson_interval(found, matches))
        yield f"  # They find {found:,} of {matches:,} labelled matches: 95% interval {low:.1%} to {high:.1%}."
