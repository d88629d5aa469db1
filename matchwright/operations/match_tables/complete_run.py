"""A complete run, read from its folder or from an object store."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ValidationError

from matchwright.adapters.lake.delta import read_table
from matchwright.adapters.lake.store import Filters, Store
from matchwright.errors import LakeError, MatchingError
from matchwright.operations.match_tables.run_folder import ANOTHER_FOLDER, RUN, SUMMARY, RunIdentity


@dataclass(frozen=True)
class CompleteRun:
    """Where a complete run is, and what it was made from."""

    store: Store
    identity: RunIdentity

    @property
    def address(self) -> str:
        """The folder, or the prefix in an object store."""
        return self.store.address

    def summary(self) -> dict[str, Any]:
        """The content of ``summary.json``."""
        found: dict[str, Any] = json.loads(self.store.read(SUMMARY) or b"")
        return found

    def table(self, name: str) -> pd.DataFrame:
        """One of its Delta tables.

        Raises:
            LakeError: it is absent or damaged.
        """
        return read_table(self.store.uri(name))

    def rows(self, name: str, filters: Filters | None = None) -> pd.DataFrame:
        """The rows of one of its files that any of the filters lets through.

        Raises:
            MatchingError: the file cannot be read.
        """
        try:
            return self.store.parquet(name, filters)
        except LakeError as error:
            raise MatchingError(error.fact, "run the same matchwright match in a new folder") from None


def run_in(folder: Path | str) -> CompleteRun:
    """The complete run in a folder, or below a prefix of an object store.

    Raises:
        MatchingError: there is no run, or it is not complete.
        LakeError: the object store cannot be read.
    """
    store = Store(folder)
    identity = identity_in(store)
    if identity is None:
        raise MatchingError(f"There is no run in {store.address}.", "name the folder that matchwright match wrote")
    if store.read(SUMMARY) is None:
        raise MatchingError(
            f"The run in {store.address} is not complete.", "run the same matchwright match again: it goes on"
        )
    return CompleteRun(store, identity)


def identity_in(store: Store) -> RunIdentity | None:
    """What the run in a place was made from; None where there is no run.

    Raises:
        MatchingError: it cannot be read.
        LakeError: the object store cannot be read.
    """
    content = store.read(RUN)
    if content is None:
        return None
    try:
        return RunIdentity.model_validate_json(content)
    except ValidationError:
        raise MatchingError(f"{store.uri(RUN)} cannot be read.", ANOTHER_FOLDER) from None
