"""The pairs for people of a run, as questions of ``matchwright label``."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from matchwright.core.records import PAIR_KEYS
from matchwright.errors import MatchingError
from matchwright.operations.label_file import Labels
from matchwright.operations.labelling import Chosen
from matchwright.operations.match_tables.complete_run import run_in
from matchwright.operations.match_tables.outputs import REVIEW

FOR_REVIEW, AT_RANDOM = "review", "random"
_SEED = 0
"""Of the random order, which is the same each time: so a person can stop and go on."""


@dataclass(frozen=True)
class ReviewQueue:
    """The pairs in review of a run, those first that a wrong answer costs most, or in random order."""

    run: str
    pairs: pd.DataFrame
    at_random: bool = False

    @classmethod
    def of(cls, folder: Path | str, keys: "pd.Series[str]", *, at_random: bool = False) -> "ReviewQueue":
        """The queue of the run in a folder.

        Args:
            folder: of the run, or its prefix in an object store.
            keys: the record keys of the tables that are shown.
            at_random: put the pairs in random order, so that their first answers say how many of all are matches.

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
        if at_random:
            order = np.random.default_rng(_SEED).permutation(len(review))
            review = review.sort_values(PAIR_KEYS, ignore_index=True).iloc[order].reset_index(drop=True)
        chosen_for = AT_RANDOM if at_random else FOR_REVIEW
        return cls(str(run.summary()["run"]), review.assign(chosen_for=chosen_for), at_random)

    def choose(self, labelled: Labels, count: int) -> Chosen:
        """The first pairs that have no label yet."""
        known = pd.MultiIndex.from_frame(labelled.pairs[PAIR_KEYS])
        fresh = self.pairs[~pd.MultiIndex.from_frame(self.pairs[PAIR_KEYS]).isin(known)]
        chosen = fresh[[*PAIR_KEYS, "score", "chosen_for"]].head(count).reset_index(drop=True)
        how = "drawn at random" if self.at_random else "those first that a wrong answer costs most"
        return Chosen(chosen, f"run {self.run}: {how}")

    def measured(self, labelled: Labels) -> tuple[int, int]:
        """How many of the first pairs of the queue are matches, and how many have an answer that is not unsure.

        The count ends at the first pair without any answer: labels of other pairs were not drawn at random.
        """
        answers = labelled.pairs.set_index(PAIR_KEYS)["label"]
        given = pd.MultiIndex.from_frame(self.pairs[PAIR_KEYS])
        answered = given.isin(answers.index)
        first = given[: len(given) if answered.all() else int(np.argmin(answered))]
        known = answers.reindex(first).dropna()
        return int((known == 1).sum()), len(known)
