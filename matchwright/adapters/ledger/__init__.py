"""The release ledger: append-only history of approvals, refusals, releases and rollbacks.

SQLite embedded, PostgreSQL in production. Each entry's SHA-256 covers its content and the entry
before, and database triggers refuse every change of what is written.
"""

from matchwright.adapters.ledger.history import Ledger
from matchwright.governance.ledger_entry import Action, Entry

__all__ = ["Action", "Entry", "Ledger"]
