"""The engine's cache with a stricter check of each hit."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import uuid4

from kfp import dsl
from kfp.local.cache import LocalCache

from matchwright.adapters.features import lost_feature_sets
from matchwright.files import write_whole
from matchwright.secrets import pseudonym
from matchwright.settings import Settings

_CONTENT = "content"
_STORE_MARK = ".store-id"


class VerifiedCache(LocalCache):  # type: ignore[misc]  # the engine is untyped
    """A hit counts only if every file of its artifacts is as the step wrote it.

    The engine only checks that the artifact's path exists. A folder with a missing or edited file would still be a hit.
    """

    def get(self, key: str) -> dict[str, Any] | None:
        outputs: dict[str, Any] | None = super().get(key)
        if outputs is None:
            return None
        digests = self._digests(key)
        if not digests.is_file() or json.loads(digests.read_text(encoding="utf-8")) != _contents(outputs.values()):
            return None
        return outputs

    def put(self, key: str, outputs: dict[str, Any]) -> None:
        """Store the artifacts' digests first: an entry without them is not a hit."""
        write_whole(self._digests(key), json.dumps(_contents(outputs.values())))
        super().put(key, outputs)

    def _digests(self, key: str) -> Path:
        folder = Path(self.cache_root) / _CONTENT
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{key}.json"


_NOT_READ: dict[str, Any] = {"user": True, "interfaces": True, "endpoint": {"port": True, "stated_register": True}}
"""Settings that no step reads."""


def open_cache(settings: Settings) -> VerifiedCache:
    """The cache of this environment in its present state.

    Steps also write to stores that are not among their arguments: the lake, the feature store, the registry. So the
    cache's folder depends on the settings that name these stores, on the keys, and on a mark inside each embedded
    store. If a store was deleted, or the feature registry lost a feature set, the earlier results are no longer hits.
    """
    facts = [settings.model_dump_json(exclude=_NOT_READ), pseudonym("cache")]
    facts += [_mark(settings.folder(store)) for store in ("lake", "features", "mlflow")]
    facts += lost_feature_sets(settings)
    name = hashlib.sha256("\0".join(facts).encode()).hexdigest()[:16]
    return VerifiedCache(str(settings.folder("cache", name)))


def _mark(folder: Path) -> str:
    mark = folder / _STORE_MARK
    if not mark.is_file():
        mark.write_text(uuid4().hex, encoding="utf-8")
    return mark.read_text(encoding="utf-8")


def _contents(outputs: Iterable[Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for artifact in outputs:
        if isinstance(artifact, dsl.Artifact):
            root = Path(artifact.path)
            files = sorted(root.rglob("*")) if root.is_dir() else [root]
            found |= {str(file): _digest(file) for file in files if file.is_file()}
    return found


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
