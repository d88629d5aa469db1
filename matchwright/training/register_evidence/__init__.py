"""Fitting register evidence: a weighted sample of the register's pairs, and the fit on it."""
