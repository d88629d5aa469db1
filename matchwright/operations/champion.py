"""The champion's decisions on the challenger's test pairs."""

import tempfile
from pathlib import Path

import pandas as pd

from matchwright.adapters.registry import VersionInfo, champion, download_bundle, version_by_digest
from matchwright.core.bundle import load_bundle
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.records import record_features
from matchwright.core.records.rows import rows_of
from matchwright.secrets import VERIFY_KEY, secret
from matchwright.settings import Settings

PARENT = "parent"
"""The tag with the digest of the bundle that a version was judged against."""


def champion_digest(settings: Settings, name: str, run_id: str = "") -> str | None:
    """The digest of the bundle that :func:`champion_of` finds; None before the first release."""
    serving = champion_of(settings, name, run_id)
    return serving.digest if serving else None


def champion_of(settings: Settings, name: str, run_id: str = "") -> VersionInfo | None:
    """The version that a training is judged against: what serves, unless that came of this very training.

    Then it is what that version was judged against. So the same training, run again after its release, gives the
    same evaluation and the same bundle, and registers no second version.

    Args:
        settings: the environment, which says where the registry is.
        name: the registered model.
        run_id: the MLflow run of the training, of which there is one for each distinct inputs.
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


def scored_by(model: DecisionModel, records: pd.DataFrame, pairs: pd.DataFrame, context: pd.DataFrame) -> pd.DataFrame:
    """``pairs`` with the model's score and band, from conformed records along the model's own features.

    ``context`` holds the pairs' comparisons with their competing candidates, row by row: the candidate sets are the same
    whatever model scores them.
    """
    needed = records[records["record_key"].isin(pd.concat([pairs["left_key"], pairs["right_key"]]).unique())]
    features = record_features(needed.reset_index(drop=True), model.spec, model.corpus)
    compared = model.compare(rows_of(features, pairs["left_key"]), rows_of(features, pairs["right_key"]))
    shared = [name for name in compared.columns if name in context.columns]
    compared = compared.assign(**{name: context[name].to_numpy() for name in shared})
    scores = model.score(compared)
    return pairs.assign(score=scores, band=model.band(scores, compared))
