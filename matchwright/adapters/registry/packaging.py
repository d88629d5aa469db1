"""Write a decision bundle as an MLflow model folder. Loading it does not need an installed matchwright."""

import base64
import re
import shutil
import tempfile
import warnings
from importlib.metadata import requires, version
from pathlib import Path
from typing import Any

import pandas as pd

from matchwright.adapters.registry.client import quieten
from matchwright.adapters.registry.versions import BUNDLE_FOLDER
from matchwright.core.records import conform_values
from matchwright.core.spec import MatchSpec, load_spec
from matchwright.secrets import VERIFY_KEY, secret

_CODE = ("__init__.py", "errors.py", "frozen.py", "stated_register.py", "telemetry.py", "threads.py", "core")


def write_model(bundle: Path, folder: Path, model_id: str, run_id: str) -> None:
    """Save ``bundle`` as an MLflow model in ``folder``, which must not exist. The code is text; there is no pickle."""
    quieten()
    from mlflow.models import Model
    from mlflow.pyfunc import save_model

    spec = load_spec(bundle / "spec.yaml")
    with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings():
        code = _own_code(Path(scratch))
        artefact = Path(scratch, BUNDLE_FOLDER)  # MLflow keeps the name of this folder
        shutil.copytree(bundle, artefact)
        warnings.simplefilter("ignore", UserWarning)  # MLflow recommends type hints; the signature is given below
        save_model(
            path=str(folder),
            mlflow_model=Model(model_id=model_id, run_id=run_id, model_uuid=model_id),
            python_model=str(Path(__file__).with_name("pyfunc_model.py")),
            artifacts={"bundle": str(artefact)},
            code_paths=[str(code)],
            model_config={"verify_key": base64.b64encode(secret(VERIFY_KEY)).decode()},
            signature=_signature(spec),
            input_example=input_example_of(spec),
            pip_requirements=_pinned_requirements(),
        )
    for cache in folder.rglob("__pycache__"):
        shutil.rmtree(cache)


def _own_code(scratch: Path) -> Path:
    package = Path(__file__).parents[2]
    copy = scratch / "matchwright"
    copy.mkdir()
    for name in _CODE:
        source = package / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    return copy


def _signature(spec: MatchSpec) -> Any:
    from mlflow.models import ModelSignature
    from mlflow.types.schema import Array, ColSpec, DataType, Schema

    inputs = [
        ColSpec(DataType.double if field.kind == "number" else DataType.string, f"{side}_{name}", required=False)
        for side in ("left", "right")
        for name, field in spec.compared.items()
    ]
    outputs = [
        ColSpec(DataType.double, "score"),
        ColSpec(DataType.string, "band"),
        ColSpec(Array(DataType.string), "reasons"),
    ]
    return ModelSignature(inputs=Schema([*inputs]), outputs=Schema([*outputs]))


def input_example_of(spec: MatchSpec) -> pd.DataFrame | None:
    """The spec's golden pairs, which are synthetic, as a request. A number that is written as text is read."""
    if not spec.golden:
        return None
    sides = [
        conform_values([getattr(pair, side) for pair in spec.golden], spec, side)[list(spec.compared)].add_prefix(
            f"{side}_"
        )
        for side in ("left", "right")
    ]
    return pd.concat(sides, axis=1)


def _pinned_requirements() -> list[str]:
    """The libraries that matchwright's core requires, in the versions that trained this bundle."""
    declared = [line for line in requires("matchwright") or [] if "extra ==" not in line]
    names = [re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0] for line in declared]
    return [f"{name}=={version(name)}" for name in ["mlflow", *names]]
