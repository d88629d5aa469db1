"""The settings of an environment: faults in its file and in variables, and the addresses of databases."""

from pathlib import Path

import pytest

from matchwright.adapters.endpoints.environment import serving_environment
from matchwright.adapters.features.connect import store_config
from matchwright.errors import SettingsError
from matchwright.settings import Settings, load_settings
from matchwright.stated_register import StatedRegister


def environment_file(folder: Path, text: str) -> Path:
    (folder / "lab.yaml").write_text(text, encoding="utf-8")
    return folder / "lab.yaml"


@pytest.mark.parametrize(
    ("text", "path", "problem"),
    [
        ("- endpoint\n- ledger\n", "document", "is not a mapping of keys"),
        ("just a text\n", "document", "is not a mapping of keys"),
        ("1: endpoint\n", "document", "is not a mapping of keys"),
        ("endpoint:\n  name: a\n bucket: [b\n", "line 3", "is not valid YAML"),
        ("endpoint: {name: a\n", "line 2", "is not valid YAML"),
    ],
    ids=["a list", "a text", "a key that is a number", "a wrong indent", "an open bracket"],
)
def test_a_file_that_is_not_a_mapping_of_keys_is_refused_with_a_hint(
    tmp_path: Path, text: str, path: str, problem: str
) -> None:
    with pytest.raises(SettingsError, match=r"lab\.yaml cannot be read") as refused:
        load_settings(environment_file(tmp_path, text))

    (fault,) = refused.value.faults
    assert (fault.path, fault.problem) == (path, problem)
    assert fault.hint


def test_a_file_that_is_not_text_is_refused_with_a_hint(tmp_path: Path) -> None:
    (tmp_path / "lab.yaml").write_bytes("user: Zoë\n".encode("latin-1"))

    with pytest.raises(SettingsError, match="Hint: correct the YAML"):
        load_settings(tmp_path / "lab.yaml")


def test_an_empty_file_has_the_defaults_and_its_own_name(tmp_path: Path) -> None:
    assert load_settings(environment_file(tmp_path, "# nothing yet\n")).environment == "lab"


@pytest.mark.parametrize(
    ("variable", "section"),
    [("MATCHWRIGHT_ENDPOINT", "endpoint"), ("MATCHWRIGHT_CLUSTER__SECRET_KEYS", "cluster")],
)
def test_a_variable_that_is_not_json_is_refused_without_its_value(
    monkeypatch: pytest.MonkeyPatch, variable: str, section: str
) -> None:
    monkeypatch.setenv(variable, "hush")

    with pytest.raises(SettingsError) as refused:
        load_settings("local")

    (fault,) = refused.value.faults
    assert (fault.path, fault.problem) == (section, "is not valid JSON")
    assert f"MATCHWRIGHT_{section.upper()}*" in fault.hint
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("endpoint", "port", 0),
        ("endpoint", "port", 65_536),
        ("endpoint", "instance_count", 0),
        ("endpoint", "wait_seconds", 0),
        ("endpoint", "poll_seconds", 0),
        ("endpoint", "poll_seconds", ".inf"),
        ("interfaces", "mlflow_port", -1),
        ("interfaces", "evidently_port", 70_000),
        ("cluster", "step_timeout_seconds", 0),
    ],
)
def test_a_number_out_of_its_range_is_refused_by_the_name_of_its_key(
    tmp_path: Path, section: str, key: str, value: object
) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(environment_file(tmp_path, f"{section}: {{{key}: {value}}}\n"))

    assert [fault.path for fault in refused.value.faults] == [f"{section}.{key}"]


def test_a_register_is_stated_in_the_file_and_completed_by_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = environment_file(tmp_path, "endpoint: {stated_register: {left_records: 500, right_records: 700}}\n")
    monkeypatch.setenv("MATCHWRIGHT_ENDPOINT__STATED_REGISTER__RESTATE_PRIOR", "true")

    stated = load_settings(file).endpoint.stated_register

    assert stated == StatedRegister(left_records=500, right_records=700, restate_prior=True)


def test_the_variables_of_a_serving_process_state_the_same_register(monkeypatch: pytest.MonkeyPatch) -> None:
    stated = StatedRegister(left_records=500, right_records=700, restate_prior=True, matches=12.5)
    settings = load_settings("local", endpoint={"stated_register": stated})
    for name, value in serving_environment(settings).items():
        monkeypatch.setenv(name, value)

    assert load_settings().endpoint.stated_register == stated


def test_a_serving_process_gets_no_variable_for_a_register_that_is_not_stated() -> None:
    assert not [name for name in serving_environment(load_settings("local")) if "STATED_REGISTER" in name]


def test_all_faults_of_a_stated_register_are_reported_with_those_of_other_keys(tmp_path: Path) -> None:
    text = "endpoint: {port: 0, stated_register: {left_records: 0, right_records: 9, matches: 5, size: 1}}\n"

    with pytest.raises(SettingsError) as refused:
        load_settings(environment_file(tmp_path, text))

    stated = "endpoint.stated_register"
    assert [fault.path for fault in refused.value.faults] == [
        *("endpoint.port", f"{stated}.left_records", f"{stated}.matches", f"{stated}.size"),
    ]


def test_a_wrong_number_in_a_variable_is_refused_by_the_name_of_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHWRIGHT_ENDPOINT__POLL_SECONDS", "0")

    with pytest.raises(SettingsError, match=r"endpoint\.poll_seconds: .* greater than 0"):
        load_settings("local")


@pytest.mark.parametrize("name", ["local", "dev", "staging", "prod"])
def test_every_shipped_environment_can_be_loaded(name: str) -> None:
    assert load_settings(name).environment == name


GIVEN = "postgresql://user@db/name"
WITH_DRIVER = "postgresql+psycopg2://user@db/name"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        (GIVEN, WITH_DRIVER),
        (WITH_DRIVER, WITH_DRIVER),
        ("postgresql+psycopg://user@db/name", "postgresql+psycopg://user@db/name"),
        ("sqlite:////srv/some.db", "sqlite:////srv/some.db"),
    ],
)
def test_a_database_that_names_no_driver_gets_the_installed_one(tmp_path: Path, given: str, used: str) -> None:
    settings = Settings(
        environment="lab",
        home=tmp_path,
        ledger={"url": given},
        registry={"tracking_uri": given},
        features={"registry_uri": given},
    )

    assert settings.ledger_url == used
    assert settings.tracking_uri == used
    assert store_config(settings)["registry"]["path"] == used
