"""The SageMaker endpoint: the requests that it sends to AWS, and how it interprets the answers."""

import ast
import inspect
import json
import os
from pathlib import Path

import boto3
import pytest
from fixtures.endpoints import BUCKET, digest_of

from matchwright.adapters.endpoints import open_endpoint, sagemaker_upload
from matchwright.adapters.endpoints import sagemaker as module
from matchwright.adapters.endpoints.base import probe_of
from matchwright.adapters.endpoints.sagemaker import SageMakerEndpoint
from matchwright.core.bundle import pack_bundle
from matchwright.errors import EndpointError, SettingsError
from matchwright.secrets import IDENTIFIER_KEY, SIGNING_KEY, VERIFY_KEY

POLICIES = Path(__file__).parents[2] / "infrastructure" / "aws" / "iam"


@pytest.fixture
def endpoint(sagemaker_settings):
    return SageMakerEndpoint(sagemaker_settings)


@pytest.fixture
def deployed(endpoint, trained_bundle):
    endpoint.deploy(trained_bundle, digest_of(trained_bundle))
    return endpoint


def with_endpoint(settings, **changes):
    return settings.model_copy(update={"endpoint": settings.endpoint.model_copy(update=changes)})


def in_service():
    return boto3.client("sagemaker").describe_endpoint(EndpointName="persons")


def test_the_bundle_is_encrypted_in_s3_under_a_key_that_names_its_content(deployed, sagemaker_settings, trained_bundle):
    head = boto3.client("s3").head_object(
        Bucket=BUCKET, Key=f"bundles/persons/{digest_of(trained_bundle)}/model.tar.gz"
    )
    assert head["ServerSideEncryption"] == "aws:kms"
    assert head["SSEKMSKeyId"] == sagemaker_settings.endpoint.kms_key_id


def test_resources_have_the_digest_and_tags_and_data_capture_is_off(deployed, trained_bundle):
    client, digest = boto3.client("sagemaker"), digest_of(trained_bundle)
    endpoint = in_service()
    name = endpoint["EndpointConfigName"]
    assert digest[:16] in name
    config = client.describe_endpoint_config(EndpointConfigName=name)
    assert not config.get("DataCaptureConfig")
    assert config["ProductionVariants"][0]["ModelName"] == name
    tags = {tag["Key"]: tag["Value"] for tag in client.list_tags(ResourceArn=endpoint["EndpointArn"])["Tags"]}
    assert tags == {
        "matchwright:endpoint": "persons",
        "matchwright:environment": "local",
        "matchwright:bundle": digest,
    }


def test_the_container_gets_the_verify_key_and_the_identifier_key_but_not_the_signing_key(deployed, sagemaker):
    environment = sagemaker.environment_of("persons")
    assert environment[VERIFY_KEY] == os.environ[VERIFY_KEY]
    assert environment[IDENTIFIER_KEY] == os.environ[IDENTIFIER_KEY]
    assert SIGNING_KEY not in environment
    assert not [name for name in environment if name.startswith("AWS_")]


def test_the_identifier_key_can_come_from_secrets_manager(sagemaker_settings, sagemaker, trained_bundle, monkeypatch):
    key = os.environ[IDENTIFIER_KEY]
    arn = boto3.client("secretsmanager").create_secret(Name="identifier", SecretString=key)["ARN"]
    monkeypatch.delenv(IDENTIFIER_KEY)
    endpoint = SageMakerEndpoint(with_endpoint(sagemaker_settings, identifier_secret_arn=arn))
    endpoint.deploy(trained_bundle, digest_of(trained_bundle))
    assert sagemaker.environment_of("persons")[IDENTIFIER_KEY] == key


def test_deploying_again_creates_nothing(deployed, trained_bundle, sagemaker):
    digest = digest_of(trained_bundle)
    uploaded = boto3.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    for operation in ("create_model", "create_endpoint_config", "create_endpoint", "update_endpoint"):
        sagemaker.refuse_next(operation, "ValidationException", "must not be called")
    assert deployed.deploy(trained_bundle, digest).digest == digest
    assert boto3.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"] == uploaded


def test_an_update_that_aws_rolled_back_is_detected_although_the_status_is_in_service(
    deployed, sagemaker, trained_bundle, second_bundle
):
    sagemaker.fail_next_update("The primary container did not pass the ping health check.")
    with pytest.raises(EndpointError, match=r"rolled endpoint persons back.*ping health check"):
        deployed.deploy(second_bundle, digest_of(second_bundle))
    assert in_service()["EndpointStatus"] == "InService"
    assert deployed.describe().digest == digest_of(trained_bundle)
    assert deployed.deploy(second_bundle, digest_of(second_bundle)).status == "in_service", (
        "a second deployment completes the update"
    )


def test_a_deployment_is_rolled_back_if_the_answer_has_the_digest_of_another_bundle(
    deployed, sagemaker, trained_bundle, second_bundle, tmp_path
):
    pack_bundle(trained_bundle, tmp_path / "model.tar.gz")
    sagemaker.serve_next_from((tmp_path / "model.tar.gz").read_bytes())
    with pytest.raises(EndpointError, match=r"refused bundle .* was put back"):
        deployed.deploy(second_bundle, digest_of(second_bundle))
    assert deployed.describe().digest == digest_of(trained_bundle)
    assert deployed.invoke(probe_of(trained_bundle))["bundle"]["digest"] == digest_of(trained_bundle)


def test_a_deployment_waits_for_the_unfinished_update_of_a_killed_deployment(deployed, trained_bundle, second_bundle):
    client = boto3.client("sagemaker")
    first = in_service()["EndpointConfigName"]
    deployed.deploy(second_bundle, digest_of(second_bundle))
    client.update_endpoint(
        EndpointName="persons", EndpointConfigName=first
    )  # the process that started the update was killed
    assert deployed.describe().status == "updating"
    assert deployed.deploy(second_bundle, digest_of(second_bundle)).digest == digest_of(second_bundle)


@pytest.mark.parametrize(
    ("operation", "code", "hint"),
    [
        ("create_model", "AccessDeniedException", "infrastructure/aws/iam/deployer-policy.json"),
        ("create_endpoint_config", "ValidationException", "volume_kms_key_id"),
        ("create_endpoint", "ResourceLimitExceeded", "Service Quotas"),
    ],
)
def test_a_refusal_by_aws_is_an_error_with_a_hint(endpoint, sagemaker, trained_bundle, operation, code, hint):
    key = os.environ[IDENTIFIER_KEY]
    sagemaker.refuse_next(operation, code, f"Value '{key}' of arn:aws:sagemaker:... is not to be had")
    with pytest.raises(EndpointError, match=code) as error:
        endpoint.deploy(trained_bundle, digest_of(trained_bundle))
    assert hint in error.value.hint
    assert key not in str(error.value)


def test_an_endpoint_that_cannot_be_reached_is_an_endpoint_error(sagemaker_settings, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    unreachable = SageMakerEndpoint(sagemaker_settings)
    with pytest.raises(EndpointError, match="cannot be reached"):
        unreachable.describe()


def test_all_missing_settings_are_listed_in_one_error(settings):
    with pytest.raises(SettingsError) as error:
        open_endpoint(with_endpoint(settings, target="sagemaker", subnets=("subnet-1",)))
    keys = [fault.path.removeprefix("endpoint.") for fault in error.value.faults]
    assert keys == ["region", "role_arn", "bucket", "image_uri", "subnets"]


def test_the_policy_of_the_deployer_allows_exactly_the_operations_that_are_called():
    called = {f"sagemaker:{name}" for name in _operations("sagemaker")}
    called |= {f"sagemaker:{name}" for name in _operations("sagemaker-runtime")}
    called |= {f"secretsmanager:{name}" for name in _operations("secretsmanager")}
    assert _operations("s3") == {"HeadObject", "PutObject"}
    called |= {"s3:GetObject", "s3:PutObject", "s3:ListBucket"}  # HeadObject needs two of these permissions
    consequences = {"sagemaker:AddTags", "kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant", "iam:PassRole"}
    assert _allowed("deployer-policy.json") == called | consequences


@pytest.mark.parametrize("name", ["deployer-policy.json", "endpoint-policy.json"])
def test_no_policy_allows_all_operations_of_a_service(name):
    assert not [action for action in _allowed(name) if "*" in action]


def _operations(service):
    """Return the API operations of a service that the modules call."""
    names = boto3.client(service, region_name="eu-west-1").meta.method_to_api_mapping
    trees = [ast.parse(inspect.getsource(each)) for each in (module, sagemaker_upload)]
    used = {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return {names[name] for name in used & set(names)}


def _allowed(name):
    statements = json.loads((POLICIES / name).read_text())["Statement"]
    actions = [statement["Action"] for statement in statements]
    return {action for entry in actions for action in ([entry] if isinstance(entry, str) else entry)}
