"""Rollback: the endpoint serves the whole bundle of the previous release again."""

import pytest
from fixtures.releases import KEY, Killed, MemoryEndpoint, digest_of, killed_in

from matchwright.adapters import registry
from matchwright.adapters.ledger import Entry, Ledger
from matchwright.errors import EndpointError, LedgerError, RegistryError, ReleaseRefused
from matchwright.operations.approve import approve
from matchwright.operations.rollback import rollback
from matchwright.steps.release import release


def release_it(stage, number):
    version = stage.register(number).version
    approve(settings=stage.settings, name="persons", version=version, by="Grace", note="fine")
    release(settings=stage.settings, name="persons", version=version, endpoint=stage.endpoint)


def roll_back(stage, by="Grace"):
    return rollback(settings=stage.settings, name="persons", by=by, note="wrong pairs", endpoint=stage.endpoint)


def refused(stage, by="Grace"):
    with pytest.raises(ReleaseRefused) as caught:
        roll_back(stage, by)
    assert stage.last.action == "refused"
    return caught.value.conditions


@pytest.fixture
def two_releases(stage):
    release_it(stage, 1)
    release_it(stage, 2)
    return stage


def test_the_previous_release_serves_again(two_releases):
    stage = two_releases
    done = roll_back(stage)
    first, second = map(digest_of, stage.bundles[:2])
    assert (done["version"], done["digest"], done["previous_digest"]) == ("1", first, second)
    assert stage.endpoint.digest == first
    assert stage.champion() == "1"
    assert (stage.last.action, stage.last.actor, stage.last.note) == ("rolled_back", "Grace", "wrong pairs")
    assert (stage.last.digest, stage.last.previous_digest) == (first, second)
    assert stage.ledger.verify_chain() == 5


def test_a_version_that_was_rolled_back_is_released_again_only_by_its_number(two_releases):
    stage = two_releases
    roll_back(stage)
    with pytest.raises(RegistryError, match="no challenger"):
        release(settings=stage.settings, name="persons", endpoint=stage.endpoint)
    release(settings=stage.settings, name="persons", version="2", endpoint=stage.endpoint)
    assert stage.champion() == "2"


def test_a_newer_challenger_keeps_its_alias(two_releases):
    stage = two_releases
    stage.register(3)
    roll_back(stage)
    assert registry.challenger(stage.settings, "persons").version == "3"


def test_a_second_rollback_goes_back_one_release_more(two_releases):
    stage = two_releases
    release_it(stage, 3)
    assert roll_back(stage)["version"] == "2"
    assert roll_back(stage)["version"] == "1"
    assert "no earlier release" in refused(stage)[0]


def test_a_rollback_without_an_earlier_release_is_refused(stage):
    assert "no earlier release of 'persons'" in refused(stage)[0]
    release_it(stage, 1)
    assert "no earlier release of 'persons'" in refused(stage)[0]
    assert stage.endpoint.digest == digest_of(stage.bundles[0])


def test_a_rollback_needs_the_name_of_a_person(two_releases):
    assert refused(two_releases, by=" ") == ("nobody is named. Say who rolls it back",)
    assert two_releases.last.actor == "engineer"


def test_a_previous_version_that_was_rejected_later_is_not_restored(two_releases):
    two_releases.tag("1", approval="rejected")
    assert "has been rejected since" in refused(two_releases)[0]


def test_the_error_names_a_deleted_previous_version(two_releases):
    from mlflow import MlflowClient

    MlflowClient(two_releases.settings.tracking_uri).delete_model_version("persons", "1")
    assert "its previous version is gone" in refused(two_releases)[0]


def test_a_previous_bundle_that_was_altered_is_refused(two_releases):
    from mlflow import MlflowClient

    source = MlflowClient(two_releases.settings.tracking_uri).get_model_version("persons", "1").source
    card = type(two_releases.bundles[0])(source.removeprefix("file://")) / "artifacts" / "bundle" / "card.md"
    card.write_text("# another card\n")
    assert "card.md was altered" in refused(two_releases)[0]


def test_a_release_of_another_model_is_not_rolled_back(two_releases):
    stage = two_releases
    stage.ledger.append(
        Entry(action="released", model="products", version="1", digest="p", endpoint=KEY, actor="Grace")
    )
    assert "serves model 'products'" in refused(stage)[0]


def test_an_endpoint_that_refuses_the_rollback_still_serves(two_releases):
    stage = two_releases
    stage.endpoint.refuses = True
    with pytest.raises(EndpointError, match="did not start"):
        roll_back(stage)
    assert stage.champion() == "2"
    assert stage.last.action == "refused"
    stage.endpoint.refuses = False
    assert roll_back(stage)["version"] == "1"


@pytest.mark.parametrize(
    ("owner", "name"), [(MemoryEndpoint, "invoke"), (registry, "set_alias"), (registry, "remove_alias")]
)
def test_a_killed_rollback_is_completed_by_a_second_rollback(two_releases, owner, name):
    stage = two_releases
    with killed_in(owner, name, after=False), pytest.raises(Killed):
        roll_back(stage)
    assert stage.last.action == "released"
    assert roll_back(stage)["version"] == "1"
    assert stage.endpoint.digest == digest_of(stage.bundles[0])
    assert stage.champion() == "1"
    assert [action for action, _ in stage.history].count("rolled_back") == 1


def test_a_rollback_after_an_unfinished_release_restores_the_replaced_bundle(two_releases):
    stage = two_releases
    with killed_in(registry, "set_alias", after=False), pytest.raises(Killed):
        release_it(stage, 3)
    assert stage.endpoint.digest == digest_of(stage.bundles[2])
    done = roll_back(stage)
    assert (done["version"], done["previous_digest"]) == ("2", digest_of(stage.bundles[2]))
    assert stage.endpoint.digest == digest_of(stage.bundles[1])
    assert stage.champion() == "2"


def test_a_rollback_is_refused_during_a_release(two_releases):
    with Ledger(two_releases.settings.ledger_url).releasing(KEY), pytest.raises(LedgerError, match="under way"):
        roll_back(two_releases)
