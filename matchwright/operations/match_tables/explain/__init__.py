"""Why two records of a run did or did not come together, and what one record was matched with."""

from matchwright.operations.match_tables.explain.pair import explain_pair
from matchwright.operations.match_tables.explain.record import explain_record

__all__ = ["explain_pair", "explain_record"]
