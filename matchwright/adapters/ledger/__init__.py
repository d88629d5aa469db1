"""The release ledger: an append-only history of approvals, refusals, releases and rollbacks.

It is SQLite on a laptop and PostgreSQL in production. The SHA-256 of each entry covers its content and the previous
entry. Database triggers refuse every change of a written entry.
"""

from matchwright.adapters.ledger.history import Ledger
from matchwright.governance.ledger_entry import Entry

__all__ = ["Entry", "Ledger"]
