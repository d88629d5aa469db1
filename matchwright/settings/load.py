"""Reading the settings of an environment from its file and from variables."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_settings import SettingsError as VariableError

from matchwright.errors import Fault, SettingsError
from matchwright.home import fault_of_path, fault_of_place, find_home
from matchwright.settings.environment import PREFIX, Settings

CONFIGS = f"{PREFIX}CONFIGS"
"""The variable that names the folder with one YAML per environment (see pipelines.environments)."""


def load_settings(environment: str | Path = "", **overrides: Any) -> Settings:
    """The settings of an environment.

    ``environment`` is the name of a file in the folder of configurations, or a path to such a file.
    ``MATCHWRIGHT_CONFIGS`` names the folder. Without it only ``local`` is known, with its defaults. The default
    environment is ``MATCHWRIGHT_ENVIRONMENT``, else ``local``.

    ``home`` becomes absolute. A home from ``MATCHWRIGHT_HOME`` or from ``overrides`` is relative to the current folder.
    A relative home from a file is searched for upwards (see :func:`matchwright.home.find_home`).

    Raises:
        SettingsError: the file is missing or unreadable, or keys have faults (all are listed).
    """
    name = str(environment or os.environ.get(f"{PREFIX}ENVIRONMENT") or "local")
    path = _file_of(name)
    document = _document_of(path) if path else {}
    source = path.name if path else "the settings"
    stem = path.stem if path else name
    try:
        settings = Settings(**{"environment": stem, **document, **overrides})
    except ValidationError as error:
        faults = [
            Fault(".".join(map(str, detail["loc"])), detail["msg"], f"correct it in {source} or in {PREFIX}*")
            for detail in error.errors()
        ]
        raise SettingsError(f"Environment '{stem}' has {len(faults)} fault(s):", faults) from None
    except VariableError as error:  # its message names the section, and no value
        section = "".join(re.findall(r'field "(\w+)"', str(error)))
        faults = [Fault(section, "is not valid JSON", f"correct the variables {PREFIX}{section.upper()}*")]
        raise SettingsError(f"Environment '{stem}' has 1 fault(s):", faults) from None
    given = "home" in overrides or bool(os.environ.get(f"{PREFIX}HOME"))
    home = settings.home.absolute() if given else find_home(Path.cwd(), settings.home)
    folders = {"home": str(home), "lake.uri": settings.lake.uri, "monitoring.workspace": settings.monitoring.workspace}
    paths = {key: folder for key, folder in folders.items() if "://" not in folder}
    faults = [fault for key, folder in paths.items() if (fault := fault_of_path(folder, key))]
    if faults or (faults := list(filter(None, [fault_of_place(home)]))):
        raise SettingsError(f"Environment '{stem}' cannot be used:", faults)
    return settings.model_copy(update={"home": home})


def _file_of(name: str) -> Path | None:
    """The file of an environment. None for ``local`` if no folder of configurations is known."""
    configs = os.environ.get(CONFIGS)
    if name.endswith((".yaml", ".yml")):
        path = Path(name)
    elif configs:
        path = Path(configs, f"{name}.yaml")
    elif name == "local":
        return None
    else:
        hint = f"give a path to its YAML, or name the folder of environments with {CONFIGS}"
        raise SettingsError(f"No environment '{name}'.", [Fault(CONFIGS, "is not set", hint)])
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in Path(configs or "").glob("*.yaml"))) if configs else "local"
        raise SettingsError(f"No environment '{name}'.", [Fault(path.name, "no such file", f"choose from {known}")])
    return path


def _document_of(path: Path) -> dict[str, Any]:
    """The keys of an environment's file."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "document"
        fault = Fault(where, "is not valid YAML", "correct the YAML")
        raise SettingsError(f"{path.name} cannot be read.", [fault]) from None
    if document is None:
        return {}
    if not isinstance(document, dict) or not all(isinstance(key, str) for key in document):
        fault = Fault("document", "is not a mapping of keys", "start from a file in pipelines/configs")
        raise SettingsError(f"{path.name} cannot be read.", [fault])
    return document


def overrides_of(settings: Settings, environment: str | Path = "") -> dict[str, str]:
    """The environment variables that turn the settings of ``environment`` into ``settings``.

    A free mapping, such as the cluster's labels, can gain keys this way, but cannot lose any.
    """
    return dict(
        _differences(settings.model_dump(mode="json"), load_settings(environment).model_dump(mode="json"), PREFIX)
    )


def _differences(wanted: dict[str, Any], loaded: dict[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in wanted.items():
        name = f"{prefix}{key.upper()}"
        if isinstance(value, dict) and isinstance(loaded[key], dict) and value.keys() == loaded[key].keys():
            yield from _differences(value, loaded[key], f"{name}__")
        elif value != loaded[key]:
            yield name, value if isinstance(value, str) else json.dumps(value)
