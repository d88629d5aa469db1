"""The similarity encoder: character n-grams of a record to one vector."""

from matchwright.core.encoder.model import Encoder

__all__ = ["Encoder"]
