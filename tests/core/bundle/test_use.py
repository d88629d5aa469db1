"""A bundle that is used on a stated register."""

from dataclasses import replace
from pathlib import Path

import pytest

from matchwright.core.bundle import Bundle, load_bundle, register_use, use_on
from matchwright.core.spec.vocabulary import REGISTER_PRIOR
from matchwright.errors import SettingsError
from matchwright.stated_register import StatedRegister

TEN_TIMES = StatedRegister(left_records=8_000, right_records=8_000, restate_prior=True)


@pytest.fixture
def bundle(register_bundle: Path, verify_key: bytes) -> Bundle:
    return load_bundle(register_bundle, verify_key)


def test_without_a_stated_register_the_bundle_is_the_same(bundle: Bundle) -> None:
    assert use_on(bundle, None) is bundle
    assert bundle.model.prior_shift is None


def test_the_shift_follows_from_the_register_that_the_bundle_learned_from(bundle: Bundle) -> None:
    used = use_on(bundle, TEN_TIMES)
    assert used.model.prior_shift == pytest.approx(-2.302585, abs=1e-6)
    assert used.digest == bundle.digest
    assert register_use(used).stated == TEN_TIMES


def test_a_size_without_restating_changes_no_score(bundle: Bundle) -> None:
    used = use_on(bundle, TEN_TIMES.model_copy(update={"restate_prior": False}))
    assert used.model == bundle.model
    assert register_use(used).warning is not None


def test_a_bundle_that_cannot_be_restated_says_all_that_is_missing(bundle: Bundle) -> None:
    texts = {code: text for code, text in bundle.model.catalogue.texts.items() if code != REGISTER_PRIOR}
    older = replace(bundle.model, register=None, catalogue=replace(bundle.model.catalogue, texts=texts))
    with pytest.raises(SettingsError, match="cannot be used on the stated register") as refused:
        use_on(replace(bundle, model=older), TEN_TIMES)
    first, second = refused.value.faults
    assert "it does not know its own register" in first.problem
    assert "fifty known matches" in first.hint
    assert f"a text of the reason {REGISTER_PRIOR}" in second.problem


def test_a_bundle_without_register_evidence_can_be_told_the_size_and_warns(
    trained_bundle: Path, verify_key: bytes
) -> None:
    size = TEN_TIMES.model_copy(update={"restate_prior": False})
    warning = register_use(use_on(load_bundle(trained_bundle, verify_key), size)).warning
    assert warning is not None
    assert warning.name == "register_unknown"
