"""Training models from labelled pairs. Serving does not import this package."""
