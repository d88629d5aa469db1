"""The trained models of a bundle, for applying them."""
