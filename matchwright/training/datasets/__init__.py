"""The pairs that models are fitted, stopped, calibrated and tested on."""
