"""The address and credentials of an object store, as Delta tables need them."""

import os


def storage_options(uri: str) -> dict[str, str] | None:
    """The environment variables ``AWS_*`` for a table under ``s3://``; None for a table in a folder."""
    if not uri.startswith(("s3://", "s3a://")):
        return None
    return {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
