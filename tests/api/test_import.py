"""``import matchwright`` is quick. The module lists its public functions."""

import json
import subprocess
import sys

import pytest

import matchwright

LARGE_LIBRARIES = ("feast", "kfp", "mlflow", "numpy", "pandas", "pydantic", "torch", "xgboost")


def imported_by(code: str) -> set[str]:
    script = f"import json, sys\n{code}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_matchwright_imports_no_library() -> None:
    modules = imported_by("import matchwright\ndir(matchwright)")
    assert "matchwright.telemetry" in modules
    assert modules.isdisjoint(LARGE_LIBRARIES)
    assert not [name for name in modules if name.startswith("matchwright.") and name != "matchwright.telemetry"]


def test_reading_a_spec_imports_no_store_and_no_model() -> None:
    modules = imported_by("import matchwright\nmatchwright.load_spec")
    assert "pydantic" in modules
    assert modules.isdisjoint({"feast", "kfp", "mlflow", "torch", "xgboost"})


def test_public_functions_are_listed_before_they_are_imported() -> None:
    assert {"decide", "load_bundle", "load_spec", "match", "train"} <= set(dir(matchwright))
    assert all(callable(getattr(matchwright, name)) for name in matchwright.__all__)
    assert set(matchwright.__all__) <= set(dir(matchwright))


def test_an_unknown_attribute_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'guess'"):
        matchwright.guess  # noqa: B018
