"""Matchwright: a portable MLOps stack for matching models."""

__version__ = "0.1.0"
