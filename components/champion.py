"""Which bundle serves now: what a challenger is judged against."""

from components.base import component


@component
def champion(spec: str, environment: str, code_digest: str) -> str:
    """The digest of the champion's bundle, empty before the first release.

    Evaluation reads the registry, which no argument of its own shows. With this digest among them,
    a cached evaluation is one against the same champion.
    """
    from components.context import step_context
    from matchwright.operations.champion import champion_digest

    with step_context(environment, spec) as at:
        return champion_digest(at.settings, at.spec.name) or ""
