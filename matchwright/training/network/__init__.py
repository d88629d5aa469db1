"""Fitting the matching network: one function on a CPU, on a GPU, or in several processes under ``torchrun``."""
