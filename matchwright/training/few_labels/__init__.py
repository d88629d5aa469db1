"""Training where few pairs are labelled."""
