"""Windows of decisions, their drift figures and the verdict on them."""
