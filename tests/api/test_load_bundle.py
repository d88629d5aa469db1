"""Loading a bundle from a folder or from the registry. The bundle is verified in both cases."""

import gc
import os
from pathlib import Path

import pytest
from fixtures.keys import ENVIRONMENT
from fixtures.releases import Stage

import matchwright
from matchwright.adapters import registry
from matchwright.errors import BundleError, HomeError, RegistryError, SettingsError


def test_a_folder_is_verified_with_the_key_of_the_environment(trained_bundle: Path) -> None:
    bundle = matchwright.load_bundle(trained_bundle)
    assert bundle.manifest.name == "persons"
    assert bundle.folder == trained_bundle


@pytest.mark.parametrize("name", ["models:/persons/1", "models:/persons@champion", "models:/persons@challenger"])
def test_a_registered_version_is_loaded_by_number_or_alias(
    name: str, released_home: Path, trained_bundle: Path
) -> None:
    registered = matchwright.load_bundle(name)
    assert registered.digest == matchwright.load_bundle(trained_bundle).digest
    assert registered.card() == "# A small model\n"


def test_a_caller_can_pass_another_home(released_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MATCHWRIGHT_HOME", str(tmp_path / "elsewhere"))
    assert matchwright.load_bundle("models:/persons/1", home=released_home).manifest.name == "persons"


def test_the_copy_of_a_registered_bundle_is_deleted_with_the_bundle_object(released_home: Path) -> None:
    bundle = matchwright.load_bundle("models:/persons/1")
    copy = bundle.folder
    assert copy.is_dir()
    del bundle
    gc.collect()
    assert not copy.parent.exists()


def test_the_keys_of_a_home_are_removed_from_the_environment(released_home: Path) -> None:
    matchwright.load_bundle("models:/persons/1")
    assert not set(ENVIRONMENT) & set(os.environ)


def test_a_bundle_is_restated_for_the_register_that_it_is_used_on(register_bundle: Path) -> None:
    size = {"left_records": 8_000, "right_records": 8_000}
    bundle = matchwright.load_bundle(register_bundle, stated_register={**size, "restate_prior": True})
    assert bundle.model.prior_shift == pytest.approx(-2.302585)
    assert matchwright.load_bundle(register_bundle).model.prior_shift is None


def test_a_much_larger_register_is_warned_of_once_when_the_bundle_is_loaded(
    register_bundle: Path, caplog: pytest.LogCaptureFixture
) -> None:
    matchwright.load_bundle(register_bundle, stated_register={"left_records": 1_601, "right_records": 800})
    assert caplog.text.count("register_larger: The stated register has 1,601 left and 800 right records") == 1
    assert "Hint: state the register with restate_prior: true, or train on it" in caplog.text


def test_faults_of_a_stated_register_are_reported_together(register_bundle: Path) -> None:
    with pytest.raises(SettingsError, match=r"has 2 fault\(s\)"):
        matchwright.load_bundle(register_bundle, stated_register={"left_records": -1})


def test_a_registered_bundle_that_cannot_be_restated_is_refused(released_home: Path) -> None:
    size = {"left_records": 8_000, "right_records": 8_000, "restate_prior": True}
    with pytest.raises(SettingsError, match="does not know its own register"):
        matchwright.load_bundle("models:/persons/1", stated_register=size)


def test_an_altered_bundle_is_refused(altered_bundle: Path) -> None:
    with pytest.raises(
        BundleError, match=r"bands\.json was altered.*\nHint: download the bundle from the registry again"
    ):
        matchwright.load_bundle(altered_bundle)


def test_a_folder_without_a_signature_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"No signed bundle in .*\nHint: a bundle has bundle.json and signature"):
        matchwright.load_bundle(tmp_path)


def test_a_bundle_that_another_key_signed_is_refused(trained_bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from matchwright.secrets import VERIFY_KEY, verify_key_of

    monkeypatch.setenv(VERIFY_KEY, verify_key_of(bytes(32)))
    with pytest.raises(BundleError, match="signature does not fit"):
        matchwright.load_bundle(trained_bundle)


def test_a_version_whose_bundle_is_not_the_registered_one_is_refused(
    stage: Stage, released_home: Path, second_bundle: Path
) -> None:
    stage.tag("1", bundle_digest="0" * 64)
    with pytest.raises(BundleError, match="another bundle than was registered"):
        matchwright.load_bundle("models:/persons/1")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("models:/persons/2", "no version '2' of model 'persons'"),
        ("models:/companies@champion", "Model 'companies' has no champion"),
        ("models:/persons@newest", "names no registered model.\nHint: write models:/NAME/VERSION"),
        ("models:persons", "names no registered model"),
    ],
)
def test_an_unknown_name_is_an_error_with_a_hint(name: str, message: str, released_home: Path) -> None:
    with pytest.raises(RegistryError, match=message) as refused:
        matchwright.load_bundle(name)
    assert refused.value.hint


def test_loading_a_bundle_creates_no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(HomeError, match="There is no home here"):
        matchwright.load_bundle("models:/persons/1", home=tmp_path / "none")
    for name in ENVIRONMENT:
        monkeypatch.delenv(name)
    with pytest.raises(SettingsError, match="MATCHWRIGHT_VERIFY_KEY"):
        matchwright.load_bundle(tmp_path, home=tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_home_whose_path_the_lake_cannot_use_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="holds '#'"):
        matchwright.load_bundle("models:/persons/1", home=tmp_path / "a#b")


def test_the_challenger_is_not_the_champion(stage: Stage, released_home: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        stage.register(2)
    registry.set_alias(stage.settings, "persons", "champion", "1")
    champion, challenger = (matchwright.load_bundle(f"models:/persons@{a}") for a in ("champion", "challenger"))
    assert champion.model.bands.match_from != challenger.model.bands.match_from == 0.995
