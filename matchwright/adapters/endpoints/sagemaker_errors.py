"""AWS refusals as endpoint errors that say what to do."""

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
    "NoSuchBucket": "Make the bucket, or name another one with endpoint.bucket.",
    "ValidationException": "See the endpoint section of the environment's YAML. A volume key (volume_kms_key_id) "
    "does not go with instance types that have local NVMe disks.",
    "ResourceInUse": "Another deployment is under way; wait until it has ended.",
    "ThrottlingException": "AWS limits the rate of these calls; try again in a minute.",
}
_KEY_OF_32_BYTES = re.compile(r"[A-Za-z0-9+/]{43}=")


@contextmanager
def aws_errors(name: str) -> Iterator[None]:
    """Turn what boto3 raises while working on endpoint ``name`` into an EndpointError.

    AWS's messages quote names and ARNs of ours, and a refused parameter's value: keys are blanked out.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code, message = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
        fact = f"AWS refused {error.operation_name} for endpoint {name} ({code}): {_blanked(message)}"
        raise EndpointError(fact, _HINTS.get(code, "")) from error
    except BotoCoreError as error:
        hint = "Check the network, the region and the AWS credentials of this shell."
        raise EndpointError(f"AWS cannot be reached for endpoint {name}: {_blanked(str(error))}", hint) from error


def _blanked(message: str) -> str:
    return _KEY_OF_32_BYTES.sub("***", message)
