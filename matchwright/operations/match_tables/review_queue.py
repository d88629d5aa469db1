"""The pairs for people of a run, as questions of ``matchwright label``."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from matchwright.core.records import PAIR_KEYS
from matchwright.errors import MatchingError
from matchwright.operations.label_file import Labels
from matchwright.operations.labelling import Chosen
from matchwright.operations.match_tables.complete_run import run_in
from matchwright.operations.match_tables.outputs import REVIEW

FOR_REVIEW = "review"


@dataclass(frozen=True)
class ReviewQueue:
    """The pairs in review of a run, those first that a wrong answer costs most."""

    run: str
    pairs: pd.DataFrame

    @classmethod
    def of(cls, folder: Path | str, keys: "pd.Series[str]") -> "ReviewQueue":
        """The queue of the run in a folder.

        Args:
            folder: of the run, or its prefix in an object store.
            keys: the record keys of the tables that are shown.

        Raises:
            MatchingError: there is no complete run, or it matched other tables.
        """
        run = run_in(folder)
        review = run.table(REVIEW)
        absent = int((~review["left_key"].isin(keys) | ~review["right_key"].isin(keys)).sum())
        if absent:
            raise MatchingError(
                f"{absent} pair(s) of the run in {folder} have a record that the given tables lack.",
                "give the tables that the run has matched",
            )
        return cls(str(run.summary()["run"]), review.assign(chosen_for=FOR_REVIEW))

    def choose(self, labelled: Labels, count: int) -> Chosen:
        """The first pairs that have no label yet."""
        known = pd.MultiIndex.from_frame(labelled.pairs[PAIR_KEYS])
        fresh = self.pairs[~pd.MultiIndex.from_frame(self.pairs[PAIR_KEYS]).isin(known)]
        chosen = fresh[[*PAIR_KEYS, "score", "chosen_for"]].head(count).reset_index(drop=True)
        return Chosen(chosen, f"run {self.run}: those first that a wrong answer costs most")
