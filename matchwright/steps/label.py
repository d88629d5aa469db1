"""Labelling: choose the pairs most worth an answer, and keep the answers where training reads them."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from matchwright.adapters.tables import read_input_table
from matchwright.core.bundle import load_bundle
from matchwright.core.candidates import propose_candidates
from matchwright.core.cold_start import fit_cold_start
from matchwright.core.compare import compare
from matchwright.core.corpus import Corpus
from matchwright.core.few_labels import FEWEST_PER_CLASS, train_on_few_labels
from matchwright.core.labelling import select_pairs
from matchwright.core.records import conform, normal_forms, record_features
from matchwright.core.spec import MatchSpec
from matchwright.errors import BundleError, CandidateError
from matchwright.secrets import VERIFY_KEY, secret
from matchwright.settings import Settings
from matchwright.steps.candidate_sets import beside_rivals
from matchwright.steps.champion import champion_model
from matchwright.steps.cold_start import most_matches, rivals_of
from matchwright.steps.label_file import Judged
from matchwright.steps.trained import rows_of

MOST_SCORED = 100_000
"""Candidates scored at most: drawn at random where there are more."""

CHAMPION, NONE = "champion", "none"
_PAIR = ["left_key", "right_key"]
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tables:
    """The conformed records of both sources, and whether they are one table."""

    records: pd.DataFrame
    one_table: bool

    @classmethod
    def read(cls, spec: MatchSpec, records: str, records_right: str = "") -> "Tables":
        """Read and conform the input tables.

        Raises:
            DataError: a file is absent, or does not fit the spec.
        """
        sides = [conform(read_input_table(records), spec, "left")]
        if records_right:
            sides.append(conform(read_input_table(records_right), spec, "right"))
        both = pd.concat(sides, ignore_index=True).dropna(subset=["record_key"]).drop_duplicates("record_key")
        return cls(both.reset_index(drop=True), one_table=not records_right)


@dataclass(frozen=True)
class Chosen:
    """Pairs to ask about (left_key, right_key, score, chosen_for), and what scored them."""

    pairs: pd.DataFrame
    scored_by: str


def choose(
    *, settings: Settings, spec: MatchSpec, tables: Tables, judged: Judged, count: int, model: str = ""
) -> Chosen:
    """Choose the pairs most worth labelling, none of which is judged already.

    Args:
        settings: the environment; only for the champion.
        spec: the match spec.
        tables: the records.
        judged: the labels so far, which also teach the scorer.
        count: how many pairs.
        model: a bundle's folder, ``champion``, or ``none`` for the cold start; if not given, a scorer is trained on
            the labels so far as soon as there are five of each.

    Raises:
        CandidateError: the rules propose no pair.
        BundleError: the bundle does not verify, or is of another spec.
    """
    corpus = Corpus.fit(normal_forms(tables.records, spec), spec)
    features = record_features(tables.records, spec, corpus)
    proposed = propose_candidates(features, spec)
    if proposed.empty:
        raise CandidateError(
            "No rule proposes a single pair.", "look at candidates.rules: are their fields filled in both sources?"
        )
    total = len(proposed)
    kept = np.sort(np.random.default_rng(spec.model.seed).permutation(total)[:MOST_SCORED])
    pool = proposed.iloc[kept].reset_index(drop=True)
    comparisons = compare(rows_of(features, pool["left_key"]), rows_of(features, pool["right_key"]), spec, corpus)
    comparisons = beside_rivals(comparisons, pool, proposed, features, spec, corpus)
    expected = max(2, round(most_matches(features, spec) * len(pool) / total))
    if model in ("", NONE):
        margin, scored_by = _margin_of_labels(
            features, proposed, pool, comparisons, judged if model == "" else None, spec, corpus, expected
        )
    else:
        margin, scored_by = _margin_of_bundle(settings, spec, tables.records, proposed, pool, model)
    answered = (
        pool.merge(judged.pairs[_PAIR].drop_duplicates(), how="left", on=_PAIR, indicator=True)["_merge"] == "both"
    )
    fresh = np.flatnonzero(~answered.to_numpy())
    pairs = select_pairs(
        pool.iloc[fresh].reset_index(drop=True),
        margin[fresh],
        comparisons.iloc[fresh].reset_index(drop=True),
        count,
        spec.model.seed + len(judged.pairs),
        expected,
    )
    return Chosen(pairs, scored_by)


def _margin_of_labels(
    features: pd.DataFrame,
    proposed: pd.DataFrame,
    pool: pd.DataFrame,
    comparisons: pd.DataFrame,
    judged: Judged | None,
    spec: MatchSpec,
    corpus: Corpus,
    expected: int,
) -> tuple[Any, str]:
    cold = fit_cold_start(comparisons, expected, rivals_of(pool, spec))
    known = judged.pairs[judged.pairs["label"].notna()] if judged else pd.DataFrame({"label": []})
    if min((known["label"] == 1).sum(), (known["label"] == 0).sum()) < FEWEST_PER_CLASS:
        return cold.margin(comparisons), "a cold start"
    taught = compare(rows_of(features, known["left_key"]), rows_of(features, known["right_key"]), spec, corpus)
    taught = beside_rivals(taught, known, proposed, features, spec, corpus)
    few = train_on_few_labels(
        taught, known["label"].to_numpy(dtype=np.int64), known["left_key"].to_numpy(), comparisons, cold, spec.model
    )
    return few.scorer.margin(comparisons), f"a scorer trained on {len(known)} labels"


def _margin_of_bundle(
    settings: Settings,
    spec: MatchSpec,
    records: pd.DataFrame,
    proposed: pd.DataFrame,
    pool: pd.DataFrame,
    model: str,
) -> tuple[Any, str]:
    if model == CHAMPION:
        found = champion_model(settings, spec.name)
        if found is None:
            raise BundleError(f"Model '{spec.name}' has no champion.", "release one, or leave --model away")
    else:
        found = load_bundle(Path(model), secret(VERIFY_KEY)).model
    if found.spec.name != spec.name or found.spec.fields != spec.fields:
        raise BundleError("The bundle is of another spec.", f"give one of '{spec.name}' with the same fields")
    features = record_features(records, found.spec, found.corpus)
    compared = found.compare(rows_of(features, pool["left_key"]), rows_of(features, pool["right_key"]))
    compared = beside_rivals(compared, pool, proposed, features, found.spec, found.corpus)
    score = np.clip(found.score(compared), 1e-6, 1 - 1e-6)  # calibrated: its doubt is where the costs lie
    return np.log(score / (1 - score)), "the champion" if model == CHAMPION else "the bundle"
