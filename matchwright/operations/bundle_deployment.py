"""Put a registered bundle behind the endpoint: fetch it, verify it, deploy it, and check the digest that answers."""

from pathlib import Path

from matchwright.adapters.endpoints import Deployment, Endpoint
from matchwright.adapters.endpoints.base import bundle_digest_of, probe_of
from matchwright.adapters.registry import download_bundle
from matchwright.core.bundle import load_bundle
from matchwright.errors import BundleError, EndpointError, RegistryError
from matchwright.governance.release_conditions import BundleCheck
from matchwright.secrets import VERIFY_KEY, secret
from matchwright.settings import Settings


def fetch_bundle(settings: Settings, name: str, version: str, folder: Path) -> BundleCheck:
    """Download a version's bundle to ``folder``, check its hashes and signature and replay its golden pairs."""
    try:
        bundle = load_bundle(download_bundle(settings, name, version, folder), secret(VERIFY_KEY))
    except (BundleError, RegistryError) as error:
        return BundleCheck(fault=error.fact)
    return BundleCheck(name=bundle.manifest.name, digest=bundle.digest)


def put_behind(endpoint: Endpoint, bundle: Path, digest: str) -> Deployment:
    """Deploy, then score a golden pair and compare the digest in the answer.

    Raises:
        EndpointError: the endpoint does not accept the bundle, or another bundle answers.
    """
    deployment = endpoint.deploy(bundle, digest)
    answered = bundle_digest_of(endpoint.invoke(probe_of(bundle)))
    if answered != digest:
        raise EndpointError(
            f"Endpoint {deployment.name} answers with bundle {answered[:12] or 'unnamed'}, not {digest[:12]}.",
            "run the same command again. If the message stays, another process answers at this address",
        )
    return deployment
