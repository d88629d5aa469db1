"""Matchwright: a portable MLOps stack for matching models."""

from matchwright.telemetry import silence

__version__ = "0.1.0"

# Libraries read their switches when they are imported, so this comes before any of them.
silence()
