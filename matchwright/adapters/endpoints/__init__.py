"""Endpoints serve a released bundle. There is one protocol with two targets: this machine and SageMaker."""

from matchwright.adapters.endpoints.base import Deployment, Endpoint
from matchwright.settings import Settings

__all__ = ["Deployment", "Endpoint", "open_endpoint"]


def open_endpoint(settings: Settings) -> Endpoint:
    """The endpoint that the environment names.

    Raises:
        SettingsError: keys that its target needs are not set (all are listed).
    """
    if settings.endpoint.target == "sagemaker":
        from matchwright.adapters.endpoints.sagemaker import SageMakerEndpoint

        return SageMakerEndpoint(settings)
    from matchwright.adapters.endpoints.local import LocalEndpoint

    return LocalEndpoint(settings)
