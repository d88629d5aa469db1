"""Bundles that have the evidence of neighbours, and bundles without it."""

from dataclasses import replace

import pytest
from fixtures.models import write_test_bundle
from fixtures.neighbours import neighbours_with

from matchwright.core.bundle import load_bundle
from matchwright.errors import BundleError


@pytest.fixture(scope="module")
def bundle(decision_model, small_world, tmp_path_factory):
    folder = tmp_path_factory.mktemp("neighbours") / "bundle"
    return write_test_bundle(replace(decision_model, neighbours=neighbours_with()), small_world, folder)


def test_the_evidence_of_neighbours_is_read_as_it_was_written(bundle, verify_key):
    assert load_bundle(bundle, verify_key).model.neighbours == neighbours_with()


def test_a_bundle_without_it_has_none(trained_bundle, verify_key):
    assert not (trained_bundle / "neighbours.json").exists()
    assert load_bundle(trained_bundle, verify_key).model.neighbours is None


def test_a_changed_file_is_refused(bundle, verify_key, tmp_path):
    copied = tmp_path / "copy"
    copied.mkdir()
    for path in bundle.iterdir():
        (copied / path.name).write_bytes(path.read_bytes())
    (copied / "neighbours.json").write_text(
        (bundle / "neighbours.json").read_text().replace('"pairs":100', '"pairs":101')
    )
    with pytest.raises(BundleError, match=r"neighbours\.json was altered"):
        load_bundle(copied, verify_key)
