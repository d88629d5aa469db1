"""Put an approved bundle behind the endpoint."""

from components.base import component


@component
def release(environment: str, code_digest: str, name: str, version: str) -> str:
    """Release ``version`` (empty: the challenger) of the model ``name``. The result is the digest that answers."""
    from components.context import environment_context
    from matchwright.steps.release import release as step

    with environment_context(environment) as settings:
        return str(step(settings=settings, name=name, version=version)["digest"])
