"""Errors of AWS as endpoint errors with a hint."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from matchwright.errors import EndpointError

_HINTS = {
    "AccessDenied": "Give the deployer the policy in infrastructure/aws/iam/deployer-policy.json.",
    "AccessDeniedException": "Give the deployer the policy in infrastructure/aws/iam/deployer-policy.json.",
    "ExpiredToken": "Sign in to AWS again.",
    "ExpiredTokenException": "Sign in to AWS again.",
    "ResourceLimitExceeded": "Ask for a higher quota of this instance type in Service Quotas, or choose another one "
    "with endpoint.instance_type.",
    "NoSuchBucket": "Create the bucket, or name another one with endpoint.bucket.",
    "ValidationException": "See the endpoint section of the environment's YAML. A volume key (volume_kms_key_id) "
    "is not possible with instance types that have local NVMe disks.",
    "ResourceInUse": "Another deployment is under way. Wait until it has ended.",
    "ThrottlingException": "AWS limits the rate of these calls. Try again in a minute.",
}
_KEY_OF_32_BYTES = re.compile(r"[A-Za-z0-9+/]{43}=")


@contextmanager
def aws_errors(name: str) -> Iterator[None]:
    """Turn the errors that boto3 raises for endpoint ``name`` into EndpointError.

    The messages of AWS may quote the value of a parameter, so everything that looks like a key is replaced by ``***``.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code, message = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
        fact = f"AWS refused {error.operation_name} for endpoint {name} ({code}): {_without_keys(message)}"
        raise EndpointError(fact, _HINTS.get(code, "")) from error
    except BotoCoreError as error:
        hint = "Check the network, the region and the AWS credentials of this shell."
        raise EndpointError(f"AWS cannot be reached for endpoint {name}: {_without_keys(str(error))}", hint) from error


def _without_keys(message: str) -> str:
    return _KEY_OF_32_BYTES.sub("***", message)
