"""Fitting the matching network with one function: on a CPU, on a GPU, or in several processes under ``torchrun``."""
