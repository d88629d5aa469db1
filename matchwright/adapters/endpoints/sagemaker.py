"""A SageMaker endpoint, deployed with plain boto3.

When SageMaker has rolled an update back, it reports InService. So after every deployment the endpoint config in service
is compared with the requested one, and the new bundle must answer one request.

The container gets the identifier key as an environment variable, because SageMaker has no references to secrets there.
If ``endpoint.identifier_secret_arn`` is set, the key is read from Secrets Manager, and the deploying machine does not
store it. Else it is read from this process. Everybody who may call sagemaker:DescribeModel can read it. It is only the
key of the pseudonyms: it gives no access to any system.
"""

import json
import math
from pathlib import Path
from typing import Any

from matchwright.adapters.endpoints.base import (
    Deployment,
    Status,
    bundle_digest_of,
    probe_of,
    read_answer,
    require_digest,
)
from matchwright.adapters.endpoints.environment import serving_environment
from matchwright.adapters.endpoints.sagemaker_errors import aws_errors
from matchwright.adapters.endpoints.sagemaker_plan import BUNDLE_DIGEST, Plan, plan_deployment, require_settings
from matchwright.adapters.endpoints.sagemaker_upload import upload_bundle
from matchwright.errors import EndpointError, MatchwrightError
from matchwright.secrets import IDENTIFIER_KEY
from matchwright.settings import Settings

_STATUS: dict[str, Status] = {
    "InService": "in_service",
    "Creating": "updating",
    "Updating": "updating",
    "SystemUpdating": "updating",
    "RollingBack": "updating",
    "Deleting": "updating",
}


class SageMakerEndpoint:
    """One endpoint with one variant. AWS holds all of its state."""

    def __init__(self, settings: Settings) -> None:
        require_settings(settings)
        import boto3
        from botocore.config import Config

        session = boto3.session.Session(region_name=settings.endpoint.region)
        patient = Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=10, read_timeout=70)
        self._settings = settings
        self._name = settings.endpoint.name
        self._s3 = session.client("s3", config=patient)
        self._secrets = session.client("secretsmanager", config=patient)
        self._sagemaker = session.client("sagemaker", config=patient)
        self._runtime = session.client("sagemaker-runtime", config=patient)

    def deploy(self, bundle: Path, digest: str) -> Deployment:
        """See :meth:`Endpoint.deploy`."""
        require_digest(bundle, digest)
        with aws_errors(self._name):
            plan = plan_deployment(self._settings, digest, self._container_environment())
            upload_bundle(self._s3, bundle, plan.bucket, plan.key, self._settings.endpoint.kms_key_id)
            self._ensure_model(plan)
            self._ensure_config(plan)
            previous = self._settled_config()
            if previous != plan.name:
                self._switch(plan.name, plan.tags, exists=previous is not None)
            self._require_answer(plan, previous, probe_of(bundle))
            deployment = self.describe()
        if deployment is None or deployment.digest != digest:
            raise EndpointError(f"Endpoint {self._name} was changed by another deployment.", "Deploy again.")
        return deployment

    def describe(self) -> Deployment | None:
        """See :meth:`Endpoint.describe`."""
        with aws_errors(self._name):
            endpoint = self._endpoint()
            if endpoint is None:
                return None
            status = _STATUS.get(endpoint["EndpointStatus"], "failed")
            config = self._sagemaker.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
            model = self._sagemaker.describe_model(ModelName=config["ProductionVariants"][0]["ModelName"])
        digest = model["PrimaryContainer"].get("Environment", {}).get(BUNDLE_DIGEST, "")
        address = f"{self._runtime.meta.endpoint_url}/endpoints/{self._name}/invocations"
        return Deployment("sagemaker", self._name, address, digest, status)

    def invoke(self, payload: dict[str, Any]) -> dict[str, Any]:
        """See :meth:`Endpoint.invoke`."""
        with aws_errors(self._name):
            try:
                answer = self._runtime.invoke_endpoint(
                    EndpointName=self._name,
                    ContentType="application/json",
                    Accept="application/json",
                    Body=json.dumps(payload).encode(),
                )
            except self._runtime.exceptions.ModelError as error:
                status = int(error.response.get("OriginalStatusCode", 500))
                return read_answer(self._name, status, str(error.response.get("OriginalMessage", "")).encode())
            return read_answer(self._name, 200, answer["Body"].read())

    def stop(self) -> None:
        """See :meth:`Endpoint.stop`. Models and configs stay: they cost nothing and can be deployed again."""
        with aws_errors(self._name):
            if self._endpoint() is not None:
                self._sagemaker.delete_endpoint(EndpointName=self._name)
                self._wait("endpoint_deleted")

    def _container_environment(self) -> dict[str, str]:
        environment = serving_environment(self._settings)
        if arn := self._settings.endpoint.identifier_secret_arn:
            environment[IDENTIFIER_KEY] = self._secrets.get_secret_value(SecretId=arn)["SecretString"]
        return environment

    def _ensure_model(self, plan: Plan) -> None:
        if _described(self._sagemaker.describe_model, ModelName=plan.name) is None:
            self._sagemaker.create_model(**plan.model)

    def _ensure_config(self, plan: Plan) -> None:
        config = _described(self._sagemaker.describe_endpoint_config, EndpointConfigName=plan.name)
        if config is None:
            self._sagemaker.create_endpoint_config(**plan.config)
        elif config.get("DataCaptureConfig", {}).get("EnableCapture"):
            hint = "Delete the endpoint config. The next deployment creates it again without capture."
            raise EndpointError(f"Endpoint config {plan.name} captures requests, which hold personal data.", hint)

    def _settled_config(self) -> str | None:
        """Wait for any change under way, and return the config in service. A failed endpoint is deleted."""
        endpoint = self._endpoint()
        if endpoint is not None and _STATUS.get(endpoint["EndpointStatus"]) == "updating":
            self._wait("endpoint_deleted" if endpoint["EndpointStatus"] == "Deleting" else "endpoint_in_service")
            endpoint = self._endpoint()
        if endpoint is not None and endpoint["EndpointStatus"] == "Failed":
            self._sagemaker.delete_endpoint(EndpointName=self._name)
            self._wait("endpoint_deleted")
            return None
        return str(endpoint["EndpointConfigName"]) if endpoint else None

    def _switch(self, config: str, tags: list[dict[str, str]], *, exists: bool) -> None:
        """Put a config into service and make sure that it serves.

        Raises:
            EndpointError: SageMaker rolled back or failed. The previous config, if any, still serves.
        """
        if exists:
            self._sagemaker.update_endpoint(EndpointName=self._name, EndpointConfigName=config)
        else:
            self._sagemaker.create_endpoint(EndpointName=self._name, EndpointConfigName=config, Tags=tags)
        self._wait("endpoint_in_service")
        endpoint = self._endpoint() or {}
        if endpoint.get("EndpointStatus") == "InService" and endpoint.get("EndpointConfigName") == config:
            return
        reason = endpoint.get("FailureReason", "SageMaker gives no reason")
        hint = f"See the log group /aws/sagemaker/Endpoints/{self._name} in CloudWatch."
        if exists:
            serving = endpoint.get("EndpointConfigName")
            fact = f"SageMaker rolled endpoint {self._name} back; {serving} serves, not {config}: {reason}"
            raise EndpointError(fact, hint)
        raise EndpointError(f"Endpoint {self._name} did not start with {config}: {reason}", hint)

    def _require_answer(self, plan: Plan, previous: str | None, probe: dict[str, Any]) -> None:
        """Let the endpoint score one pair. If the bundle does not answer, put the previous config back."""
        try:
            answered = bundle_digest_of(self.invoke(probe))
            problem = "" if answered == plan.digest else f"bundle {answered[:12] or 'without a name'} answers"
        except MatchwrightError as error:
            problem = error.fact
        if not problem:
            return
        outcome = "nothing served before, so the endpoint was removed"
        if previous is None:
            self.stop()
        elif previous == plan.name:
            outcome = "it was in service already"
        else:
            self._switch(previous, plan.tags, exists=True)
            outcome = f"{previous} was put back"
        raise EndpointError(f"Endpoint {self._name} refused bundle {plan.digest[:12]}: {problem}; {outcome}.")

    def _endpoint(self) -> dict[str, Any] | None:
        return _described(self._sagemaker.describe_endpoint, EndpointName=self._name)

    def _wait(self, waiter: str) -> None:
        """Wait for a change to end. It may also end by failing: the caller checks the result."""
        from botocore.exceptions import WaiterError

        delay = self._settings.endpoint.poll_seconds
        attempts = max(1, math.ceil(self._settings.endpoint.wait_seconds / delay))
        try:
            self._sagemaker.get_waiter(waiter).wait(
                EndpointName=self._name, WaiterConfig={"Delay": delay, "MaxAttempts": attempts}
            )
        except WaiterError as error:
            if error.last_response.get("EndpointStatus") == "Failed":
                return
            seconds = self._settings.endpoint.wait_seconds
            hint = "Deploy again: this waits for the change under way. A larger endpoint.wait_seconds waits longer."
            raise EndpointError(f"Endpoint {self._name} was not ready within {seconds} seconds.", hint) from error


def _described(describe: Any, **name: str) -> dict[str, Any] | None:
    """The description of a resource. None if AWS has none, which it reports as a validation error."""
    from botocore.exceptions import ClientError

    try:
        described: dict[str, Any] = describe(**name)
    except ClientError as error:
        if "Could not find" in error.response["Error"].get("Message", ""):
            return None
        raise
    return described
