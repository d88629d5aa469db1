"""The runtime: a verified bundle that answers scoring requests."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from matchwright.core.bundle import Bundle, load_bundle, register_use, use_on
from matchwright.core.decide.decision import Decision
from matchwright.core.records import Columns, columns_of, conformed_values, feature_columns, record_key, take
from matchwright.errors import FeatureStoreError, SettingsError
from matchwright.secrets import IDENTIFIER_KEY, VERIFY_KEY, pair_pseudonym, secret
from matchwright.stated_register import StatedRegister
from serving.answers import FEATURES_UNAVAILABLE, FULL, RECORD_UNKNOWN, Answer, Mode
from serving.given_values import GivenValues
from serving.online_features import CandidateFeatures, OpenFeatures, open_online_features
from serving.request_schema import RECORD_ID, PairsRequest, RankRequest, RequestParser, refuse

_log = logging.getLogger(__name__)


class Runtime:
    """Scores pairs and ranks candidates with one bundle.

    Args:
        bundle: a verified bundle.
        open_features: opens the online store, in :meth:`warm_up` or at the first rank request.
    """

    def __init__(self, bundle: Bundle, open_features: OpenFeatures) -> None:
        self.bundle = bundle
        self.requests = RequestParser(bundle.model.spec)
        self.mode: Mode = FULL
        self._candidates = CandidateFeatures(bundle, open_features)
        self._pseudonyms = _has_identifier_key()

    def answer(self, request: PairsRequest | RankRequest) -> list[Answer]:
        """Decide the pairs of the request.

        Raises:
            RequestError: of a record of the request nothing is known.
        """
        return self._pairs(request) if isinstance(request, PairsRequest) else self._rank(request)

    def warm_up(self) -> None:
        """Open the online store, so that the first rank request does not wait for it."""
        self._candidates.warm_up()

    def _pairs(self, request: PairsRequest) -> list[Answer]:
        left, right = zip(*request.pairs, strict=True)
        sides = self._both_features(left, right)
        unreadable = self._unreadable(request.pairs, sides)
        decisions = self.bundle.model.decide(*sides)
        pairs = [self._pair(_key(one, "left"), _key(other, "right")) for one, other in request.pairs]
        return [
            Answer("pair", decision, pair, unreadable=fields)
            for decision, pair, fields in zip(decisions, pairs, unreadable, strict=True)
        ]

    def _unreadable(
        self, pairs: Sequence[tuple[Mapping[str, Any], ...]], sides: tuple[Columns, Columns]
    ) -> list[tuple[str, ...]]:
        """The values of each pair that cannot be read, such as ``left.date_of_birth``.

        Raises:
            RequestError: of a record nothing is known.
        """
        spec, sources = self.bundle.model.spec, ("left", "right")
        given = [
            GivenValues.of(records, features, spec, source)
            for records, features, source in zip(zip(*pairs, strict=True), sides, sources, strict=True)
        ]
        paths = [[f"pairs.{row}.{source}" for row in range(len(pairs))] for source in sources]
        refuse(fault for one, path in zip(given, paths, strict=True) for fault in one.faults(path, spec))
        left, right = (
            [tuple(f"{source}.{name}" for name in names) for names in one.unreadable]
            for one, source in zip(given, sources, strict=True)
        )
        return [(*one, *other) for one, other in zip(left, right, strict=True)]

    def _rank(self, request: RankRequest) -> list[Answer]:
        side, spec = _query_side(request.candidates[0]), self.bundle.model.spec
        asked = self._features([request.query], side)
        given = GivenValues.of([request.query], asked, spec, side)
        refuse(given.faults(["query"], spec))
        unreadable = tuple(f"query.{name}" for name in given.unreadable[0])
        candidates = self._candidate_features(request.candidates)
        decisions: dict[int, Decision] = {}
        if candidates is not None:
            # a candidate that the store does not know is not scored, because there is no evidence
            scored = [int(row) for row in np.flatnonzero(candidates["found"].to_numpy())]
            sides = self._sides(asked, candidates.drop(columns="found").iloc[scored])
            # The candidates of the query compete with each other. The other pairs of a candidate are not known here.
            known = tuple({_query_side(request.candidates[row]) for row in scored})
            ranked = known if len(known) == 1 else ()
            # a candidate comes from the store of the register, so a value that it shares with the query is there, too
            decided = self.bundle.model.decide(*sides, known=ranked, of_register=True)
            decisions = dict(zip(scored, decided, strict=True))
        unscored = FEATURES_UNAVAILABLE if candidates is None else RECORD_UNKNOWN
        answers = [
            Answer(
                "rank",
                decisions.get(row),
                self._pair(_key(request.query, _query_side(key)), key),
                key,
                FULL if row in decisions else unscored,
                unreadable,
            )
            for row, key in enumerate(request.candidates)
        ]
        # candidates without a score come last, in the order of the request
        return sorted(answers, key=lambda answer: -1.0 if answer.score is None else answer.score, reverse=True)

    def _candidate_features(self, keys: Sequence[str]) -> pd.DataFrame | None:
        """The candidates' features. None if the store cannot be read."""
        try:
            found = self._candidates.read(keys)
        except (FeatureStoreError, SettingsError) as error:
            if self.mode == FULL:
                _log.warning("%s %s", FEATURES_UNAVAILABLE, error.fact)
            self.mode = FEATURES_UNAVAILABLE
            return None
        self.mode = FULL
        return found

    def _sides(self, asked: Columns, candidates: pd.DataFrame) -> tuple[Columns, Columns]:
        """Left and right columns of the query paired with each candidate. A record is on the side of its source."""
        found, count = columns_of(candidates), len(candidates)
        stacked = {name: np.concatenate([values, found[name]]) for name, values in asked.items()}
        query_rows, candidate_rows = np.zeros(count, dtype=int), np.arange(1, count + 1)
        swapped = np.array([_query_side(key) == "right" for key in found["record_key"]], dtype=bool)
        left = np.where(swapped, candidate_rows, query_rows)
        right = np.where(swapped, query_rows, candidate_rows)
        return take(stacked, left), take(stacked, right)

    def _both_features(
        self, left: Sequence[Mapping[str, Any]], right: Sequence[Mapping[str, Any]]
    ) -> tuple[Columns, Columns]:
        if not self.bundle.model.spec.one_notation:
            return self._features(left, "left"), self._features(right, "right")
        # one call for both sides: with few records, the number of calls costs most. No comparison reads the record key
        both = self._features([*left, *right], "left")
        return take(both, slice(len(left))), take(both, slice(len(left), None))

    def _features(self, records: Sequence[Mapping[str, Any]], source: str) -> Columns:
        model = self.bundle.model
        return feature_columns(conformed_values(records, model.spec, source), model.spec, model.corpus)

    def _pair(self, left: str | None, right: str | None) -> str | None:
        if not self._pseudonyms or left is None or right is None:
            return None
        return pair_pseudonym(left, right)


def open_runtime(folder: Path, stated: StatedRegister | None = None) -> Runtime:
    """Load a bundle for serving, for use on the ``stated`` register or on its own.

    Raises:
        BundleError: the bundle does not verify, or does not reproduce its golden pairs.
        SettingsError: the verify key is not set, or the bundle cannot be restated for the stated register.
    """
    bundle = use_on(load_bundle(folder, secret(VERIFY_KEY)), stated)
    register_use(bundle).log(_log)
    return Runtime(bundle, open_online_features)


def _query_side(candidate: str) -> str:
    return "right" if candidate.startswith("left:") else "left"


def _key(record: Mapping[str, Any], source: str) -> str | None:
    record_id = record.get(RECORD_ID)
    if not record_id:
        return None
    # A whole key names its source. It is needed if both records are from one table.
    return str(record_id) if record_id.startswith(("left:", "right:")) else record_key(source, record_id)


def _has_identifier_key() -> bool:
    try:
        secret(IDENTIFIER_KEY)
    except SettingsError:
        _log.warning("%s is not set: the decision log will not hold the pseudonyms of pairs", IDENTIFIER_KEY)
        return False
    return True
