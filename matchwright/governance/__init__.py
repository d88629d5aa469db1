"""Who may do what with a version: conditions of a release and the ledger's entries."""
