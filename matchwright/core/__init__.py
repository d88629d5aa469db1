"""From two records to a decision. No pipeline, registry, store or cloud library is imported here."""
