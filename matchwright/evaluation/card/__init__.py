"""The model card: what a reviewer must know of one bundle before approving it, as markdown."""

from matchwright.evaluation.card.figures import Card, card_of
from matchwright.evaluation.card.render import render_card

__all__ = ["Card", "card_of", "render_card"]
