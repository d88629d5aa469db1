"""Windows of decisions, drift figures and the verdict on them."""
