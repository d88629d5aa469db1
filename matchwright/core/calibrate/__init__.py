"""Calibration: from the scorer's log-odds to a probability that can be believed."""

from matchwright.core.calibrate.calibrator import SMALLEST, Calibrator
from matchwright.core.calibrate.choose import METHODS, CalibrationChoice, choose_calibrator
from matchwright.core.calibrate.fit import fit

__all__ = ["METHODS", "SMALLEST", "CalibrationChoice", "Calibrator", "choose_calibrator", "fit"]
