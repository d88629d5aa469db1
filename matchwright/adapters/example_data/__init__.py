"""Example data that needs no download."""

from matchwright.adapters.example_data.febrl import FEBRL4, febrl4

__all__ = ["FEBRL4", "febrl4"]
