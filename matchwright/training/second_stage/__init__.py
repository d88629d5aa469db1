"""Fitting the second stage of a scorer, which knows the first stage's scores of competing candidates."""
