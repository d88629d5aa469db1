"""The matching network: embeddings of texts, and a pair score over comparisons and the embeddings' cosines.

:mod:`~matchwright.core.models.network.module` defines it in PyTorch, and only training imports that file. What serves
needs no PyTorch: the embeddings are applied in NumPy, and the pair score is an ONNX graph.
"""

from matchwright.core.models.network.embeddings import Embeddings, TextEmbedding
from matchwright.core.models.network.fields import embedded_fields

__all__ = ["Embeddings", "TextEmbedding", "embedded_fields"]
