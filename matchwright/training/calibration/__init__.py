"""Fitting calibrators and choosing one."""
