"""A registered version, as conditions and records read it."""

from typing import Literal

from matchwright.frozen import Frozen

ApprovalDecision = Literal["approved", "rejected"]


class VersionInfo(Frozen):
    """One version of a registered model; ``digest`` is what its tag ``bundle_digest`` claims."""

    name: str
    version: str
    digest: str
    run_id: str
    tags: dict[str, str]
    aliases: tuple[str, ...]
