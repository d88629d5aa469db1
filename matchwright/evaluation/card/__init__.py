"""The model card: what a reviewer must know about a bundle before approving it, as markdown."""

from matchwright.evaluation.card.figures import Card
from matchwright.evaluation.card.render import render_card

__all__ = ["Card", "render_card"]
