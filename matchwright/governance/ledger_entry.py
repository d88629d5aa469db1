"""One entry of the release ledger, and the releases that rollbacks have not withdrawn."""

import hashlib
import json
from collections.abc import Sequence
from typing import Literal

from matchwright.frozen import Frozen

Action = Literal["approved", "rejected", "released", "refused", "rolled_back"]

GENESIS = "0" * 64


class Entry(Frozen):
    """One act. The ledger gives ``id``, ``time`` (ISO 8601, UTC) and the hashes."""

    action: Action
    model: str
    version: str
    actor: str
    digest: str = ""
    previous_digest: str = ""
    endpoint: str = ""
    note: str = ""
    id: int = 0
    time: str = ""
    previous_hash: str = ""
    hash: str = ""

    def content_hash(self) -> str:
        """SHA-256 over everything but the hash itself. ``previous_hash`` links it to the previous entry."""
        content = self.model_dump(exclude={"hash"})
        return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def releases_in_force(entries: Sequence[Entry]) -> list[Entry]:
    """The releases of one endpoint that were not withdrawn, oldest first. The last one serves.

    A rollback removes all releases after the one that it restores. So a second rollback goes further back, and never
    restores a version that was withdrawn.
    """
    stack: list[Entry] = []
    for entry in entries:
        digests = [earlier.digest for earlier in stack]
        if entry.action == "released" and digests[-1:] != [entry.digest]:
            stack.append(entry)
        elif entry.action == "rolled_back" and entry.digest in digests:
            while stack[-1].digest != entry.digest:
                stack.pop()
    return stack
