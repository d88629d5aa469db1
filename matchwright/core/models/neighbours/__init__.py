"""Neighbours: what the other records of a register say about a pair, where a table is deduplicated.

Two records with the same predicted partners are more likely one entity. Two members of one household are more likely
two. The evidence needs all candidates of both records and their scores, so only batch use has it. It takes these steps:

1. Score all candidates of the table, each with its competing candidates.
2. Score the :func:`further_candidates` as pairs alone.
3. Take the :func:`pair_evidence` of all of them, and give all together to :meth:`Neighbours.contributions`.
4. Decide each pair with what its neighbours add, see
   :meth:`~matchwright.core.decide.decision.DecisionModel.decide_compared`.
"""

from matchwright.core.models.neighbours.evidence import household_fields, pair_evidence, pair_evidence_names
from matchwright.core.models.neighbours.further import further_candidates
from matchwright.core.models.neighbours.links import Links
from matchwright.core.models.neighbours.measures import Register, measure_names
from matchwright.core.models.neighbours.model import Neighbours, applies_to

__all__ = [
    "Links",
    "Neighbours",
    "Register",
    "applies_to",
    "further_candidates",
    "household_fields",
    "measure_names",
    "pair_evidence",
    "pair_evidence_names",
]
