"""The matching domain, pure: no pipeline, registry, store or cloud library is imported here."""
