"""The requests that put one bundle behind a SageMaker endpoint, derived from the settings alone.

A name contains the bundle's digest and a digest of all other settings (image, role, instances, ...). So a resource
with this name is the right one, and a rerun uses it again.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from matchwright.errors import Fault, SettingsError
from matchwright.settings import PREFIX, Settings

BUNDLE_DIGEST = f"{PREFIX}BUNDLE_DIGEST"
VARIANT = "bundle"


@dataclass(frozen=True)
class Plan:
    """``model`` and ``config`` are the arguments of create_model and create_endpoint_config."""

    name: str
    digest: str
    bucket: str
    key: str
    model: dict[str, Any]
    config: dict[str, Any]
    tags: list[dict[str, str]]


def require_settings(settings: Settings) -> None:
    """Make sure that all settings for a deployment are there.

    Raises:
        SettingsError: keys are not set, or do not fit together (all are listed).
    """
    endpoint = settings.endpoint
    faults = [
        Fault(
            f"endpoint.{key}", "is not set", f"give it in the environment's YAML or as {PREFIX}ENDPOINT__{key.upper()}"
        )
        for key in ("region", "role_arn", "bucket", "image_uri")
        if not getattr(endpoint, key)
    ]
    if bool(endpoint.subnets) != bool(endpoint.security_groups):
        faults.append(Fault("endpoint.subnets", "and endpoint.security_groups go together", "give both or neither"))
    if faults:
        raise SettingsError("The sagemaker endpoint lacks settings.", faults)


def plan_deployment(settings: Settings, digest: str, environment: dict[str, str]) -> Plan:
    """The plan for one bundle. ``environment`` holds the container's variables."""
    endpoint = settings.endpoint
    key = f"bundles/{endpoint.name}/{digest}/model.tar.gz"
    tags = [
        {"Key": "matchwright:endpoint", "Value": endpoint.name},
        {"Key": "matchwright:environment", "Value": settings.environment},
        {"Key": "matchwright:bundle", "Value": digest},
    ]
    model: dict[str, Any] = {
        "PrimaryContainer": {
            "Image": endpoint.image_uri,
            "ModelDataUrl": f"s3://{endpoint.bucket}/{key}",
            "Environment": {**environment, BUNDLE_DIGEST: digest},
        },
        "ExecutionRoleArn": endpoint.role_arn,
    }
    if endpoint.subnets:
        vpc = {"Subnets": list(endpoint.subnets), "SecurityGroupIds": list(endpoint.security_groups)}
        model["VpcConfig"] = vpc
    # No DataCaptureConfig: it would copy records, which are personal data, to S3. The decision log has none.
    config: dict[str, Any] = {
        "ProductionVariants": [
            {
                "VariantName": VARIANT,
                "InitialInstanceCount": endpoint.instance_count,
                "InstanceType": endpoint.instance_type,
                "InitialVariantWeight": 1.0,
            }
        ],
    }
    if endpoint.volume_kms_key_id:
        config["KmsKeyId"] = endpoint.volume_kms_key_id
    name = f"{endpoint.name[:32]}-{digest[:16]}-{_digest_of(model, config)[:8]}"  # 63 characters are allowed
    config["ProductionVariants"][0]["ModelName"] = name
    return Plan(
        name=name,
        digest=digest,
        bucket=endpoint.bucket,
        key=key,
        model={"ModelName": name, **model, "Tags": tags},
        config={"EndpointConfigName": name, **config, "Tags": tags},
        tags=tags,
    )


def _digest_of(*requests: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(requests, sort_keys=True).encode()).hexdigest()
