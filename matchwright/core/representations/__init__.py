"""Field representations: what training pairs teach of a field's n-grams and words, compared by cosine."""

from matchwright.core.representations.model import Representation, Representations
from matchwright.core.representations.subjects import pairing_of, subjects_of

__all__ = ["Representation", "Representations", "pairing_of", "subjects_of"]
