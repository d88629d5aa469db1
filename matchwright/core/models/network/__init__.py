"""The matching network: embeddings of texts, and a pair score from comparisons and the cosines of the embeddings.

:mod:`~matchwright.core.models.network.module` defines it in PyTorch. Only training imports that file. Serving needs no
PyTorch: it applies the embeddings in NumPy, and the pair score is an ONNX graph.
"""

from matchwright.core.models.network.embeddings import Embeddings, TextEmbedding
from matchwright.core.models.network.fields import embedded_fields

__all__ = ["Embeddings", "TextEmbedding", "embedded_fields"]
