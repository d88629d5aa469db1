"""The engine's cache, holding hits to a stricter standard."""

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
    """A hit counts only while every file of its artifacts is what the step wrote.

    The engine itself asks no more than that the artifact's path exists: a folder that lost a file,
    or a file that was edited, would still be a hit.
    """

    def get(self, key: str) -> dict[str, Any] | None:
        outputs: dict[str, Any] | None = super().get(key)
        if outputs is None:
            return None
        beside = self._beside(key)
        if not beside.is_file() or json.loads(beside.read_text(encoding="utf-8")) != _contents(outputs.values()):
            return None
        return outputs

    def put(self, key: str, outputs: dict[str, Any]) -> None:
        """Store the artifacts' digests first: an entry without them is no hit."""
        write_whole(self._beside(key), json.dumps(_contents(outputs.values())))
        super().put(key, outputs)

    def _beside(self, key: str) -> Path:
        folder = Path(self.cache_root) / _CONTENT
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{key}.json"


def open_cache(settings: Settings) -> VerifiedCache:
    """The cache of this environment as it is now.

    Steps also act on stores that no argument names: the lake, the feature store, the registry. So
    the cache is kept apart by the settings that lead to them, by the keys, and by a mark inside each
    embedded store: where a store was deleted, the results that counted on it are no hits any more. The
    same holds where the feature registry lost what was registered there.
    """
    facts = [settings.model_dump_json(exclude={"user", "interfaces"}), pseudonym("cache")]
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
