"""A snapshot names one version of each lake table. A run reads these versions, and its lineage names them."""

import hashlib
import json
from pathlib import Path

import pandas as pd
from pydantic import ValidationError

from matchwright.adapters.lake.delta import TableVersion, read_table
from matchwright.errors import LakeError
from matchwright.files import write_whole
from matchwright.frozen import Frozen


class Snapshot(Frozen):
    """``tables`` maps ``records``, ``pairs`` and (after validation) ``quarantine`` to their versions."""

    spec_name: str
    spec_digest: str
    tables: dict[str, TableVersion]
    origin: str

    @property
    def data_versions(self) -> dict[str, str]:
        """The content digest of each table. The same data has the same digest in every lake."""
        return {name: table.digest for name, table in sorted(self.tables.items())}

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over the spec's digest and the content of every table."""
        return hashlib.sha256(json.dumps([self.spec_digest, self.data_versions]).encode()).hexdigest()

    def frame(self, table: str) -> pd.DataFrame:
        """Read the table in the version that this snapshot names.

        Raises:
            LakeError: the snapshot names no such table, or the lake no longer holds that version.
        """
        if table not in self.tables:
            raise LakeError(f"The snapshot names no table '{table}'.", f"it names {', '.join(sorted(self.tables))}")
        version = self.tables[table]
        return read_table(version.uri, version.version)

    def write(self, path: Path) -> None:
        """Write the snapshot as JSON, whole or not at all."""
        write_whole(path, self.model_dump_json(indent=2) + "\n")

    @classmethod
    def read(cls, path: Path) -> "Snapshot":
        """Read a snapshot file.

        Raises:
            LakeError: the file is missing or is not a snapshot.
        """
        if not path.is_file():
            raise LakeError(f"There is no snapshot at {path}.", "run ingest first")
        try:
            return cls.model_validate_json(path.read_text(encoding="utf-8"))
        except ValidationError:
            raise LakeError(f"{path} is not a snapshot.", "run ingest again: it rewrites the file") from None
