"""Functions that numba compiles for work on many pairs. Without numba, NumPy and XGBoost do that work."""

from collections.abc import Callable
from functools import cache
from typing import Any

FEWEST_PAIRS = 5_000
"""With fewer pairs, the others take less time than loading numba does."""


@cache
def compiles() -> bool:
    """Whether numba is installed."""
    try:
        import numba  # noqa: F401
    except ImportError:
        return False
    return True


def compiled(function: Callable[..., Any]) -> Any:
    """The function, compiled for the types that it is called with. It is kept on disk where a folder can be written."""
    from numba import njit

    try:
        return njit(cache=True)(function)
    except RuntimeError:  # no folder can be written
        return njit(function)
