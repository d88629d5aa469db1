"""The working folder of a run: its arrays, each written whole, so that a killed run goes on where it was."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from matchwright.files import PRIVATE, replacing

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class WorkingFolder:
    """Named arrays in a folder. An array is either there as a whole, or not there at all."""

    folder: Path

    def has(self, name: str) -> bool:
        """Whether the array was written."""
        return self._path(name).exists()

    def write(self, name: str, array: Array) -> None:
        """Write an array, as a file that only its owner may read."""
        with replacing(self._path(name), PRIVATE) as file:
            np.save(file, np.ascontiguousarray(array), allow_pickle=False)

    def read(self, name: str) -> Array:
        """An array. It is mapped and not loaded: only what is used of it takes memory."""
        return np.asarray(np.load(self._path(name), mmap_mode="r", allow_pickle=False))

    def made(self, name: str, make: Callable[[], Array]) -> Array:
        """The array if it was written, else what ``make`` gives, written."""
        if not self.has(name):
            self.write(name, make())
        return self.read(name)

    def remove(self, name: str) -> None:
        """Remove an array that no later stage reads."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.npy"
