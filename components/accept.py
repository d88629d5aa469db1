"""Stop the pipeline if validation refused the batch."""

from components.base import component


@component
def accept(refusal: str) -> None:
    """Fail with ``refusal`` unless it is empty."""
    from components.context import reported
    from matchwright.errors import QualityError

    fact, _, hint = refusal.partition("\nHint: ")
    with reported():
        if refusal:
            raise QualityError(fact, hint)
