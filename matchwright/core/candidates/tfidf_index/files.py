"""An index in a folder: what it was fitted with, and the text of each record.

The texts are personal data, so only their owner may read the folder. Blocks of n-grams are made from the texts when the
index is first asked: about 5 seconds for a million records.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from pyarrow import parquet
from pydantic import ValidationError

from matchwright.core.candidates.tfidf_index.index import TfidfIndex
from matchwright.core.candidates.tfidf_index.statistics import NgramStatistics
from matchwright.core.spec.blocking import TfidfTopK
from matchwright.errors import CandidateError
from matchwright.files import PRIVATE, replacing, replacing_folder, write_whole
from matchwright.frozen import Frozen

MANIFEST, STATISTICS, RECORDS = "index.json", "statistics.npz", "records.parquet"
_ARRAYS = ("codes", "records", "texts")
_FIT_ANEW = "fit the index anew"


class IndexManifest(Frozen):
    """What an index was made with. ``files`` has the SHA-256 of each file."""

    format: Literal[1] = 1
    made_with: str
    spec: TfidfTopK
    length: int
    most: int | None
    total: int
    files: dict[str, str]


def save_index(index: TfidfIndex, folder: Path, made_with: str) -> None:
    """Write an index. The same records and statistics give the same bytes, whatever the history of the index.

    Args:
        index: to write.
        folder: is made, or replaced when all is written.
        made_with: a digest of what made the record features, such as their feature version.
    """
    statistics = index.statistics
    with replacing_folder(folder) as draft:
        draft.chmod(0o700)
        with replacing(draft / STATISTICS, PRIVATE) as file:
            np.savez(file, **{name: getattr(statistics, name) for name in _ARRAYS})
        keys = pa.array(index.keys, type=pa.large_string())
        with replacing(draft / RECORDS, PRIVATE) as file:
            # statistics of a column would repeat values
            parquet.write_table(pa.table({"record_key": keys, "text": index.texts()}), file, write_statistics=False)
        manifest = IndexManifest(
            made_with=made_with,
            spec=index.spec,
            length=statistics.length,
            most=statistics.most,
            total=statistics.total,
            files={name: _digest(draft / name) for name in (STATISTICS, RECORDS)},
        )
        write_whole(draft / MANIFEST, manifest.model_dump_json(indent=1) + "\n", PRIVATE)


def load_index(folder: Path, spec: TfidfTopK, made_with: str) -> TfidfIndex:
    """Read an index.

    Args:
        folder: that :func:`save_index` wrote.
        spec: what is compared; it must be that of the index.
        made_with: what makes the record features now; it must be that of the index.

    Raises:
        CandidateError: there is no index, it is damaged or of another format, or it was made with something else.
    """
    manifest = _manifest(folder)
    if manifest.spec != spec:
        raise CandidateError(f"The index in {folder} was made with another candidates.tfidf.", _FIT_ANEW)
    if manifest.made_with != made_with:
        raise CandidateError(f"The index in {folder} was made from other record features.", _FIT_ANEW)
    for name, digest in manifest.files.items():
        if not (folder / name).is_file() or _digest(folder / name) != digest:
            raise CandidateError(f"{folder / name} is damaged.", f"restore it, or {_FIT_ANEW}")
    with np.load(folder / STATISTICS, allow_pickle=False) as arrays:
        counts: dict[str, Any] = {name: arrays[name] for name in _ARRAYS}
    records = parquet.read_table(folder / RECORDS).combine_chunks()
    keys, texts = (_whole(records[name]) for name in ("record_key", "text"))
    statistics = NgramStatistics(length=manifest.length, most=manifest.most, total=manifest.total, **counts)
    return TfidfIndex.of(spec, statistics, keys.to_numpy(zero_copy_only=False).astype(object), texts)


def _manifest(folder: Path) -> IndexManifest:
    path = folder / MANIFEST
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CandidateError(f"There is no index in {folder}.", "name the folder that it was saved in") from None
    except ValueError:
        raise CandidateError(f"{path} is damaged.", f"restore it, or {_FIT_ANEW}") from None
    found = document.get("format") if isinstance(document, dict) else None
    if found != 1:
        raise CandidateError(f"The index in {folder} has format {found}, and this version reads format 1.", _FIT_ANEW)
    try:
        manifest = IndexManifest.model_validate(document)
    except ValidationError:
        raise CandidateError(f"{path} is damaged.", f"restore it, or {_FIT_ANEW}") from None
    if set(manifest.files) != {STATISTICS, RECORDS}:
        raise CandidateError(f"{path} is damaged.", f"restore it, or {_FIT_ANEW}")
    return manifest


def _whole(column: Any) -> Any:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
