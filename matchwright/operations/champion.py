"""The champion's decisions on the challenger's test pairs."""

import tempfile
from pathlib import Path

import pandas as pd

from matchwright.adapters.registry import VersionInfo, champion, download_bundle, version_by_digest
from matchwright.core.bundle import load_bundle
from matchwright.core.compare.competing import SIDES
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.records import PAIR_KEYS, record_features
from matchwright.core.records.rows import rows_of
from matchwright.secrets import VERIFY_KEY, secret
from matchwright.settings import Settings

PARENT = "parent"
"""The tag with the digest of the bundle that a version was compared with."""


def champion_digest(settings: Settings, name: str, run_id: str = "") -> str | None:
    """The digest of the bundle that :func:`champion_of` finds; None before the first release."""
    serving = champion_of(settings, name, run_id)
    return serving.digest if serving else None


def champion_of(settings: Settings, name: str, run_id: str = "") -> VersionInfo | None:
    """The version that a training run is compared with: the one that serves.

    If this same run produced the serving version, it is the version which that one was compared with. So the same
    training, run again after its release, gives the same evaluation and bundle, and registers no second version.

    Args:
        settings: the environment, which says where the registry is.
        name: the registered model.
        run_id: the MLflow run of the training. The same inputs always have the same run.
    """
    serving = champion(settings, name)
    while serving is not None and run_id and serving.run_id == run_id:
        before = serving.tags.get(PARENT, "")
        serving = version_by_digest(settings, name, before) if before else None
    return serving


def champion_model(settings: Settings, name: str, run_id: str = "") -> DecisionModel | None:
    """The decision model of what :func:`champion_of` finds, verified; None before the first release.

    Raises:
        BundleError: the champion's bundle in the registry does not verify.
    """
    serving = champion_of(settings, name, run_id)
    if serving is None:
        return None
    with tempfile.TemporaryDirectory() as scratch:
        folder = download_bundle(settings, name, serving.version, Path(scratch) / "champion")
        return load_bundle(folder, secret(VERIFY_KEY)).model


def scored_by(
    model: DecisionModel,
    records: pd.DataFrame,
    pairs: pd.DataFrame,
    competing: pd.DataFrame,
    known: tuple[str, ...] = SIDES,
) -> pd.DataFrame:
    """``pairs`` with the model's score and band, as it decides them where candidates compete.

    Args:
        model: computes its own features from conformed records.
        records: conformed records.
        pairs: left_key and right_key of the pairs to score.
        competing: left_key and right_key of all candidates of their records, and of the pairs themselves.
        known: the sides on which the candidates are known.
    """
    needed = records[records["record_key"].isin(pd.concat([competing["left_key"], competing["right_key"]]).unique())]
    features = record_features(needed.reset_index(drop=True), model.spec, model.corpus)
    sides = rows_of(features, competing["left_key"]), rows_of(features, competing["right_key"])
    compared = model.compare(*sides, known=known, of_register=True)
    chosen = pd.MultiIndex.from_frame(competing).get_indexer(pd.MultiIndex.from_frame(pairs[PAIR_KEYS]))
    compared = compared.iloc[chosen].reset_index(drop=True)
    scores = model.score(compared)
    return pairs.assign(score=scores, band=model.band(scores, compared))
