"""Choose the pairs whose labels would help training most."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from matchwright.adapters.tables.read import read_input_table
from matchwright.core.bundle import load_bundle
from matchwright.core.candidates import propose_candidates
from matchwright.core.compare import compare
from matchwright.core.compare.names import context_names, disagreement_limits
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.models.household import Household
from matchwright.core.models.unsupervised import FellegiSunterScorer
from matchwright.core.records import PAIR_KEYS, conform, normal_forms, record_features
from matchwright.core.records.corpus import Corpus
from matchwright.core.records.rows import rows_of
from matchwright.core.spec import MatchSpec
from matchwright.errors import BundleError, CandidateError
from matchwright.labelling import select_pairs
from matchwright.operations.champion import champion_model
from matchwright.operations.label_file import Labels
from matchwright.operations.train_unsupervised import competing_sides, most_matches
from matchwright.secrets import VERIFY_KEY, secret
from matchwright.settings import Settings
from matchwright.training.datasets.candidate_sets import with_context
from matchwright.training.few_labels.scorer import FEWEST_PER_CLASS, train_on_few_labels
from matchwright.training.models.unsupervised import fit_fellegi_sunter

MOST_SCORED = 100_000
"""The most candidates that are scored. If there are more, a random sample is drawn."""

CHAMPION, NONE = "champion", "none"


@dataclass(frozen=True)
class Tables:
    """The conformed records of both sources, and whether they are one table."""

    records: pd.DataFrame
    one_table: bool

    @classmethod
    def read(cls, spec: MatchSpec, records: str, records_right: str = "") -> "Tables":
        """Read and conform the input tables.

        Raises:
            DataError: a file is missing, or does not fit the spec.
        """
        sides = [conform(read_input_table(records), spec, "left")]
        if records_right:
            sides.append(conform(read_input_table(records_right), spec, "right"))
        both = pd.concat(sides, ignore_index=True).dropna(subset=["record_key"]).drop_duplicates("record_key")
        return cls(both.reset_index(drop=True), one_table=not records_right)


@dataclass(frozen=True)
class Chosen:
    """Pairs to label (left_key, right_key, score, chosen_for), and what scored them."""

    pairs: pd.DataFrame
    scored_by: str


@dataclass(frozen=True)
class Pool:
    """The candidates to choose questions from: ``proposed`` by the rules, and the ``scored`` ones with comparisons."""

    spec: MatchSpec
    records: pd.DataFrame
    features: pd.DataFrame
    corpus: Corpus
    proposed: pd.DataFrame
    scored: pd.DataFrame
    comparisons: pd.DataFrame

    @classmethod
    def of(cls, spec: MatchSpec, tables: Tables) -> "Pool":
        """Propose and compare the candidates of the tables. Labels are not used.

        Raises:
            CandidateError: the rules propose no pair.
        """
        corpus = Corpus.fit(normal_forms(tables.records, spec), spec)
        features = record_features(tables.records, spec, corpus)
        proposed = propose_candidates(features, spec)
        if proposed.empty:
            raise CandidateError(
                "No rule proposes any pair.", "look at candidates.rules: are their fields filled in both sources?"
            )
        kept = np.sort(np.random.default_rng(spec.model.seed).permutation(len(proposed))[:MOST_SCORED])
        scored = proposed.iloc[kept].reset_index(drop=True)
        compared = compare(rows_of(features, scored["left_key"]), rows_of(features, scored["right_key"]), spec, corpus)
        compared = with_context(compared, scored, proposed, features, spec, corpus)
        return cls(spec, tables.records, features, corpus, proposed, scored, compared)

    @cached_property
    def expected(self) -> int:
        """The most scored candidates that can be matches."""
        return max(2, round(most_matches(self.features, self.spec) * len(self.scored) / len(self.proposed)))

    @cached_property
    def unsupervised(self) -> FellegiSunterScorer:
        """The Fellegi-Sunter scorer, fitted on these candidates."""
        competing = competing_sides(self.scored, self.spec)
        limits, household = disagreement_limits(self.spec), Household.of(self.spec)
        return fit_fellegi_sunter(self.comparisons, self.expected, competing, limits, household)

    def choose(
        self, labelled: Labels, count: int, bundle: DecisionModel | None = None, unsupervised: bool = False
    ) -> Chosen:
        """Choose the pairs that help training most. Pairs that are labelled already are left out.

        Args:
            labelled: the labels so far. A scorer is trained on them once there are enough of each class.
            count: how many pairs.
            bundle: scores the pairs instead of a scorer that is trained on the labels.
            unsupervised: score with the unsupervised start, whatever labels there are.
        """
        if bundle is not None:
            log_odds, scored_by = self._log_odds_of(bundle), "the bundle"
        else:
            log_odds, scored_by = self._log_odds_from_labels(Labels.nothing() if unsupervised else labelled)
        known = labelled.pairs[PAIR_KEYS].drop_duplicates()
        answered = self.scored.merge(known, how="left", on=PAIR_KEYS, indicator=True)["_merge"] == "both"
        fresh = np.flatnonzero(~answered.to_numpy())
        pairs = select_pairs(
            self.scored.iloc[fresh].reset_index(drop=True),
            log_odds[fresh],
            self.comparisons.iloc[fresh].reset_index(drop=True),
            count,
            self.spec.model.seed + len(labelled.pairs),
            self.expected,
        )
        return Chosen(pairs, scored_by)

    def _log_odds_from_labels(self, labelled: Labels) -> tuple[Any, str]:
        known = labelled.pairs[labelled.pairs["label"].notna()]
        if min((known["label"] == 1).sum(), (known["label"] == 0).sum()) < FEWEST_PER_CLASS:
            return self.unsupervised.log_odds(self.comparisons), "an unsupervised start"
        left, right = (rows_of(self.features, known[key]) for key in PAIR_KEYS)
        training = compare(left, right, self.spec, self.corpus)
        # the competing candidates of a labelled pair are known only if the pair is among the scored candidates
        competing = self.scored[PAIR_KEYS].join(self.comparisons[context_names(self.spec)])
        context = known[PAIR_KEYS].merge(competing, how="left", on=PAIR_KEYS, validate="many_to_one")
        training = training.assign(**{name: context[name].to_numpy() for name in context_names(self.spec)})
        labels = known["label"].to_numpy(dtype=np.int64)
        keys = known["left_key"].to_numpy()
        limits = disagreement_limits(self.spec)
        few = train_on_few_labels(
            training, labels, keys, self.comparisons, self.unsupervised, self.spec.model, limits=limits
        )
        return few.scorer.log_odds(self.comparisons), f"a scorer trained on {len(known)} labels"

    def _log_odds_of(self, bundle: DecisionModel) -> Any:
        features = record_features(self.records, bundle.spec, bundle.corpus)
        sides = rows_of(features, self.scored["left_key"]), rows_of(features, self.scored["right_key"])
        compared = with_context(
            bundle.compare(*sides, of_register=True), self.scored, self.proposed, features, bundle.spec, bundle.corpus
        )
        score = np.clip(bundle.score(compared), 1e-6, 1 - 1e-6)
        return np.log(score / (1 - score))


def scoring_bundle(settings: Settings, spec: MatchSpec, model: str) -> DecisionModel | None:
    """The decision model that ``--model`` names: ``champion``, or a bundle's folder. None if it names neither.

    Raises:
        BundleError: there is no such bundle, it does not verify, or it was made with another spec.
    """
    if model in ("", NONE):
        return None
    if model == CHAMPION:
        found = champion_model(settings, spec.name)
        if found is None:
            raise BundleError(f"Model '{spec.name}' has no champion.", "release one, or leave out --model")
    else:
        found = load_bundle(Path(model), secret(VERIFY_KEY)).model
    if found.spec.name != spec.name or found.spec.fields != spec.fields:
        raise BundleError(
            "The bundle was made with another spec.", f"give a bundle of '{spec.name}' with the same fields"
        )
    return found
