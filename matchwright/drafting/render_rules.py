"""Writing the candidate rules of a draft, each with its pairs and with the share of the matches that it finds."""

from collections.abc import Iterator

from matchwright.core.spec.blocking import CandidateSpec
from matchwright.drafting.draft import Draft
from matchwright.drafting.yaml_text import listed


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
    if rules.recall is not None:
        pairs = sum(rule.pairs for rule in rules.chosen) / sum(draft.rows)
        together = f"about {rules.recall:.1%} of the matches, with at most {pairs:.1f} pairs per record"
        yield f"  # Together they find {together}."
        yield f"  # guessed: these shares are measured on {rules.source}."
    yield "  rules:"
    lines = [f"    - {listed(rule.features)}" for rule in rules.chosen]
    widest = max(map(len, lines))
    for line, rule in zip(lines, rules.chosen, strict=True):
        found = "" if rule.recall is None else f", finds {rule.recall:.0%} of the matches"
        yield f"{line:<{widest}}  # {rule.pairs:,} pairs{found}"
    most = max(rule.pairs for rule in rules.chosen)
    if 2 * most > CandidateSpec.model_fields["max_pairs_per_rule"].default:
        yield f"  max_pairs_per_rule: {2 * most}  # twice the pairs of the largest rule, so that the tables can grow"
