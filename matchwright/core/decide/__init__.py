"""From two records to a decision: calibrator, bands and the decision model."""
