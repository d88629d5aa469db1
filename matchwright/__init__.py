"""Matchwright: a portable MLOps stack for matching models.

The verbs of a notebook are here: :func:`load_spec`, :func:`train`, :func:`load_bundle`, :func:`decide` and
:func:`match`. Each is imported when it is first used, so that ``import matchwright`` itself takes no time.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from matchwright.telemetry import silence

if TYPE_CHECKING:
    from matchwright.api.decide import decide
    from matchwright.api.load_bundle import load_bundle
    from matchwright.api.match import Matches, match
    from matchwright.api.train import Training, train
    from matchwright.core.spec import load_spec

__version__ = "0.1.0"
__all__ = ["Matches", "Training", "decide", "load_bundle", "load_spec", "match", "train"]

_FOUND_IN = {
    "Matches": "matchwright.api.match",
    "Training": "matchwright.api.train",
    "decide": "matchwright.api.decide",
    "load_bundle": "matchwright.api.load_bundle",
    "load_spec": "matchwright.core.spec",
    "match": "matchwright.api.match",
    "train": "matchwright.api.train",
}

# Libraries read their switches when they are imported, so this comes before any of them.
silence()


def __getattr__(name: str) -> Any:
    """Import a verb when it is first asked for (PEP 562)."""
    if name not in _FOUND_IN:
        raise AttributeError(f"module 'matchwright' has no attribute '{name}'")
    verb = globals()[name] = getattr(import_module(_FOUND_IN[name]), name)
    return verb


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
