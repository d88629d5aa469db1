"""The conditions of a release, and the entries of the release ledger."""
