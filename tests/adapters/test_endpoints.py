"""Both endpoint targets follow the same protocol. The deployed bundle answers the requests."""

import shutil
from pathlib import Path

import pytest
from fixtures.endpoints import digest_of

from matchwright.adapters.endpoints import open_endpoint
from matchwright.adapters.endpoints.base import probe_of
from matchwright.adapters.endpoints.local import LocalEndpoint
from matchwright.errors import EndpointError, RequestError
from matchwright.settings import load_settings


@pytest.fixture(params=["local", "sagemaker"])
def target(request):
    return request.param


@pytest.fixture
def endpoint(request, target):
    """An endpoint of each target. No bundle is deployed yet."""
    endpoint = open_endpoint(request.getfixturevalue(f"{target}_settings"))
    yield endpoint
    endpoint.stop()


@pytest.fixture
def corrupt_bundle(second_bundle, tmp_path):
    """A bundle with a correct manifest and a damaged file."""
    bundle = Path(shutil.copytree(second_bundle, tmp_path / "corrupt"))
    scorer = bundle / "scorer.ubj"
    scorer.write_bytes(scorer.read_bytes()[:-1] + b"?")
    return bundle


def test_the_life_of_an_endpoint_from_its_first_deployment_to_its_stop(
    endpoint, target, trained_bundle, second_bundle, corrupt_bundle
):
    first, second = digest_of(trained_bundle), digest_of(second_bundle)
    assert endpoint.describe() is None

    deployed = endpoint.deploy(trained_bundle, first)
    assert (deployed.digest, deployed.status) == (first, "in_service")
    assert endpoint.describe() == deployed
    answer = endpoint.invoke(probe_of(trained_bundle))
    assert answer["bundle"]["digest"] == first
    assert answer["decisions"][0]["band"] == "match"
    assert endpoint.deploy(trained_bundle, first) == deployed, "a second deployment of the same bundle changes nothing"

    with pytest.raises(EndpointError):
        endpoint.deploy(corrupt_bundle, second)
    assert endpoint.describe() == deployed
    assert endpoint.invoke(probe_of(trained_bundle))["bundle"]["digest"] == first

    assert endpoint.deploy(second_bundle, second).digest == second
    assert endpoint.invoke(probe_of(second_bundle))["bundle"]["digest"] == second
    assert endpoint.deploy(trained_bundle, first).digest == first, "the first bundle can be deployed again"

    endpoint.stop()
    assert _status(endpoint) == {"local": "stopped", "sagemaker": "absent"}[target]
    with pytest.raises(EndpointError):
        endpoint.invoke(probe_of(trained_bundle))
    endpoint.stop()


def test_a_bad_request_names_the_field(endpoint, trained_bundle):
    endpoint.deploy(trained_bundle, digest_of(trained_bundle))
    with pytest.raises(RequestError) as error:
        endpoint.invoke({"pears": []})
    assert error.value.faults


def test_a_bundle_with_another_digest_is_not_deployed(endpoint, trained_bundle, second_bundle):
    with pytest.raises(EndpointError, match="holds bundle"):
        endpoint.deploy(trained_bundle, digest_of(second_bundle))
    assert endpoint.describe() is None


def test_a_folder_without_a_bundle_is_not_deployed(endpoint, tmp_path):
    with pytest.raises(EndpointError, match="not a decision bundle"):
        endpoint.deploy(tmp_path, "0" * 64)


def test_after_a_refused_first_bundle_no_bundle_is_in_service(endpoint, target, corrupt_bundle, trained_bundle):
    with pytest.raises(EndpointError):
        endpoint.deploy(corrupt_bundle, digest_of(corrupt_bundle))
    assert _status(endpoint) == {"local": "absent", "sagemaker": "failed"}[target]
    assert endpoint.deploy(trained_bundle, digest_of(trained_bundle)).status == "in_service"


def test_the_default_target_is_the_local_endpoint(tmp_path):
    endpoint = open_endpoint(load_settings("local", home=tmp_path))
    assert isinstance(endpoint, LocalEndpoint)


def _status(endpoint):
    described = endpoint.describe()
    return described.status if described else "absent"
