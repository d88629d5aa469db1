"""The decision of a run about a pair, computed again from the bundle and the input tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from matchwright.core.bundle import Bundle, use_on
from matchwright.core.records import record_features
from matchwright.core.records.columns import Columns, columns_of
from matchwright.core.records.conform import id_text, per_distinct, record_key
from matchwright.core.records.corpus import feature_version
from matchwright.errors import Fault, MatchingError, SettingsError
from matchwright.operations.conforming import conformed_records, together
from matchwright.operations.match_tables.explain.run_tables import RunTables
from matchwright.operations.match_tables.inputs import MatchInput
from matchwright.operations.match_tables.run_folder import RunIdentity
from matchwright.stated_register import StatedRegister, stated_register


@dataclass(frozen=True)
class RunSources:
    """What a run was made from: its bundle as the run used it, and its input tables."""

    bundle: Bundle
    inputs: Sequence[MatchInput]

    @classmethod
    def of(cls, tables: RunTables, bundle: Bundle, inputs: Sequence[MatchInput]) -> "RunSources":
        """The bundle and the tables of a run.

        Raises:
            SettingsError: the bundle or a table is not that of the run (all faults are listed).
            MatchingError: the record features are not those of the run.
        """
        identity = tables.run.identity
        faults = [*_bundle_faults(identity, bundle), *_table_faults(identity, inputs)]
        if faults:
            raise SettingsError(f"The run in {tables.run.address} was not made from these:", faults)
        if identity.features != feature_version(bundle.model.spec, bundle.model.corpus):
            raise MatchingError(
                "This version of Matchwright makes other record features than the run has.",
                "use the version that made the run, or match again in a new folder",
            )
        return cls(_as_used(tables, bundle), inputs)

    def features_of(self, keys: Iterable[str]) -> pd.DataFrame:
        """Record features of some records, each with its ``record_key``. Only their rows are prepared.

        Raises:
            DataError: a table cannot be read any more.
        """
        spec, wanted, sides = self.bundle.model.spec, set(keys), []
        for given in self.inputs:
            rows = given.read()
            ids = per_distinct(rows[spec.record_id], id_text)
            chosen = [value is not None and record_key(given.table.source, value) in wanted for value in ids]
            sides.append(conformed_records(rows[np.array(chosen)], spec, given.table.source))
        return record_features(together(sides), spec, self.bundle.model.corpus)


def numbered(tables: RunTables, features: pd.DataFrame) -> Columns:
    """Record features as columns, with the numbers of the records in ``record``."""
    numbers = tables.clusters.index.get_indexer(pd.Index(features["record_key"]))
    return {**columns_of(features), "record": np.asarray(numbers)}


def _as_used(tables: RunTables, bundle: Bundle) -> Bundle:
    """The bundle on the register that it was used on in the run."""
    options = tables.run.identity.options
    stated = options["stated_register"]
    if isinstance(stated, str):
        return use_on(bundle, stated_register(stated))
    if not options["restate_prior"]:
        return bundle
    sizes = tables.summary["records"]
    right = sizes["left"] if tables.summary["one_table"] else sizes["right"]
    return use_on(bundle, StatedRegister(left_records=sizes["left"], right_records=right, restate_prior=True))


def _bundle_faults(identity: RunIdentity, bundle: Bundle) -> list[Fault]:
    if bundle.digest == identity.bundle:
        return []
    hint = "name the version with --model models:/NAME/VERSION, or the folder of the bundle with --bundle"
    return [Fault("bundle", f"is {bundle.digest[:12]}, and the run used {identity.bundle[:12]}", hint)]


def _table_faults(identity: RunIdentity, inputs: Sequence[MatchInput]) -> list[Fault]:
    given = {one.table.source: one.table for one in inputs}
    found = []
    for table in identity.inputs:
        option = "--records" if table.source == "left" else "--records-right"
        other = given.pop(table.source, None)
        if other is None:
            found.append(Fault(f"{table.source} table", "is not named", f"name {table.name} with {option}"))
        elif other.digest != table.digest:
            problem = f"{other.name} has another content than {table.name} had in the run"
            found.append(Fault(f"{table.source} table", problem, f"name the file as it was then with {option}"))
    found += [Fault(f"{source} table", "the run had none", "leave it out") for source in given]
    return found
