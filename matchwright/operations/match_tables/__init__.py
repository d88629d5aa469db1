"""Matching whole tables: reading and validating them, the run's folder, and what a run writes."""
