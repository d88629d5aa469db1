"""Neighbours: what the other predicted matches of a pair's records say about the pair, where a table is deduplicated.

Two records with the same predicted partners are more likely one entity. The evidence needs all candidates of both
records and their scores, so only batch use has it. It takes these steps:

1. Score all candidates of the table, each with its competing candidates.
2. Score the :func:`further_candidates` as pairs alone.
3. Give all of them together to :meth:`Neighbours.contributions`.
4. Decide each pair with what its neighbours add, see
   :meth:`~matchwright.core.decide.decision.DecisionModel.decide_compared`.
"""

from matchwright.core.models.neighbours.evidence import NeighbourEvidence
from matchwright.core.models.neighbours.further import further_candidates
from matchwright.core.models.neighbours.links import Links
from matchwright.core.models.neighbours.model import Measure, Neighbours, applies_to

__all__ = ["Links", "Measure", "NeighbourEvidence", "Neighbours", "applies_to", "further_candidates"]
