"""What a notebook user calls, one module per verb; ``import matchwright`` gives the verbs."""
