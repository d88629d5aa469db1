"""The decision bundle as a plain MLflow model (models from code): MLflow copies and runs this file.

Input: one row per pair, with columns ``left_<field>`` and ``right_<field>`` for the fields of the match spec. A column
that is left out is missing evidence. Output: score, band and reason codes.
"""

import base64
import os
from pathlib import Path
from typing import Any

import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel

from matchwright.core.bundle import load_bundle
from matchwright.core.bundle.golden import decide_values


class PairModel(PythonModel):  # type: ignore[misc]
    """Scores pairs with the bundle among its artefacts."""

    def load_context(self, context: Any) -> None:
        """Verify and load the bundle.

        ``MATCHWRIGHT_VERIFY_KEY`` proves who signed it. Without this variable the key inside the model is used. That
        key detects damage, but not a forgery of the whole model.
        """
        key = os.environ.get("MATCHWRIGHT_VERIFY_KEY") or context.model_config["verify_key"]
        self._model = load_bundle(Path(context.artifacts["bundle"]), base64.b64decode(key)).model

    def predict(self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """One row per pair: ``score`` (calibrated probability), ``band``, ``reasons`` (list of codes)."""
        pairs = pd.DataFrame(model_input)  # a caller without MLflow's wrapper may give a dict
        decisions = decide_values(self._model, self._values(pairs, "left"), self._values(pairs, "right"))
        return pd.DataFrame(
            {
                "score": [decision.score for decision in decisions],
                "band": [decision.band for decision in decisions],
                "reasons": [[reason.code for reason in decision.reasons] for decision in decisions],
            }
        )

    def _values(self, pairs: pd.DataFrame, side: str) -> list[dict[str, Any]]:
        given = {f"{side}_{name}": name for name in self._model.spec.compared if f"{side}_{name}" in pairs}
        values = pairs[list(given)].rename(columns=given).astype(object)
        return [{str(k): v for k, v in row.items()} for row in values.where(values.notna(), None).to_dict("records")]


set_model(PairModel())
