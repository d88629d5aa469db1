"""Seeded registers of persons that do not exist, with the truth about which records are one person."""

from matchwright.synthesis.options import PRESETS, Options, load_options
from matchwright.synthesis.records import FIELDS, record_values
from matchwright.synthesis.register import Register, plan_register

__all__ = ["FIELDS", "PRESETS", "Options", "Register", "load_options", "plan_register", "record_values"]
