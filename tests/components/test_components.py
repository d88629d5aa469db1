"""Components are thin. Each component calls one step with the parameters of this step and adds no logic."""

import ast
import importlib
import inspect
import pkgutil
from pathlib import Path
from typing import Any

import pytest
from kfp.dsl.base_component import BaseComponent

import components
from components.accept import accept
from components.alarm import alarm
from matchwright.errors import DriftAlarm, QualityError

HELPERS = {"base", "context", "presentation"}
NAMES = sorted({module.name for module in pkgutil.iter_modules(components.__path__)} - HELPERS)
WITHOUT_A_STEP = {"accept", "alarm"}


def component_named(name: str) -> BaseComponent:
    return getattr(importlib.import_module(f"components.{name}"), name)


def calls_of(function: Any, alias: str) -> list[set[str]]:
    """Return the keyword arguments of every call of ``alias`` in the body of the function."""
    tree = ast.parse(inspect.getsource(function))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [{k.arg or "" for k in call.keywords} for call in calls if getattr(call.func, "id", "") == alias]


def step_of(name: str) -> Any:
    """Return the step that the component imports with the name ``step``."""
    tree = ast.parse(inspect.getsource(component_named(name).python_func))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("matchwright.steps."):
            for imported in node.names:
                if imported.asname == "step":
                    return getattr(importlib.import_module(node.module), imported.name)
    return None


@pytest.mark.parametrize("name", sorted(set(NAMES) - WITHOUT_A_STEP - {"champion"}))
def test_a_component_calls_its_step_with_the_parameters_of_the_step(name: str) -> None:
    step = step_of(name)
    parameters = inspect.signature(step).parameters
    required = {key for key, parameter in parameters.items() if parameter.default is inspect.Parameter.empty}

    (passed,) = calls_of(component_named(name).python_func, "step")

    assert passed <= set(parameters)
    assert required <= passed


@pytest.mark.parametrize("name", NAMES)
def test_a_component_needs_only_the_installed_package(name: str) -> None:
    container = component_named(name).component_spec.implementation.container

    assert "pip install" not in " ".join(container.command)
    assert container.image == "matchwright-python:0.1.0"


@pytest.mark.parametrize("name", NAMES)
def test_a_component_has_docstrings(name: str) -> None:
    assert inspect.getdoc(component_named(name).python_func)
    assert importlib.import_module(f"components.{name}").__doc__


def test_accept_lets_a_good_batch_pass() -> None:
    accept.python_func(refusal="")


def test_accept_stops_a_refused_batch_with_the_original_error() -> None:
    refusal = QualityError("The batch does not hold 1 of its quality limits:\n  - too few rows", "read the report")

    with pytest.raises(QualityError) as caught:
        accept.python_func(refusal=str(refusal))

    assert (caught.value.fact, caught.value.hint) == (refusal.fact, refusal.hint)


def test_the_alarm_component_fails_only_if_there_is_a_verdict() -> None:
    alarm.python_func(verdict="")

    with pytest.raises(DriftAlarm, match="ALARM: decisions are changing"):
        alarm.python_func(verdict="ALARM: decisions are changing\n")


def test_the_package_lists_every_component() -> None:
    files = {path.stem for path in Path(components.__path__[0]).glob("*.py")} - {"__init__"}

    assert files == set(NAMES) | HELPERS
