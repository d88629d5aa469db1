"""A registered version of a model."""

from typing import Literal

from matchwright.frozen import Frozen

ApprovalDecision = Literal["approved", "rejected"]


class VersionInfo(Frozen):
    """One version of a registered model. ``digest`` is the value of its tag ``bundle_digest``."""

    name: str
    version: str
    digest: str
    run_id: str
    tags: dict[str, str]
    aliases: tuple[str, ...]
