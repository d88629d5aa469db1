"""What a bundle has learned, as it is applied."""
