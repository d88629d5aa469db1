"""What is said of a model from its figures: pure, knows no files and no outside system."""
