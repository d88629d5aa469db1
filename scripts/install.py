"""Install a lock file with pip and show the progress: ``python scripts/install.py BIN/python requirements.lock``.

A terminal shows one line that changes. Elsewhere there is a new line every ten seconds. Pip's output is shown only if
it fails. The script uses only the standard library, because it runs before anything is installed.
"""

import re
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Event, Thread

SECONDS_BETWEEN_LINES = 10.0
_SECONDS_BETWEEN_LOOKS = 0.5
_LAST_LINES = 40
_FOUND = re.compile(r"\s*(?:Collecting|Requirement already satisfied:) ")


class Progress:
    """The progress: how many packages pip has found, and how many are in the site-packages folder."""

    def __init__(self, wanted: int, site: Path) -> None:
        self._wanted = wanted
        self._site = site
        self._found = 0
        self.installing = False

    def heard(self, line: str) -> None:
        """Read one line of pip's output."""
        self._found += bool(_FOUND.match(line))
        self.installing = self.installing or line.startswith("Installing collected packages")

    def __str__(self) -> str:
        if not self.installing:
            return f"downloaded {min(self._found, self._wanted)} of {self._wanted} packages"
        there = sum(1 for _ in self._site.glob("*.dist-info"))
        return f"installed {min(there, self._wanted)} of {self._wanted} packages"


def wanted_packages(lock: Path) -> int:
    """The number of packages that a lock file names."""
    lines = (line.strip() for line in lock.read_text(encoding="utf-8").splitlines())
    return sum(1 for line in lines if line and not line.startswith(("#", "-")))


def follow(lines: Iterable[str], progress: Progress) -> Iterator[str]:
    """Yield pip's lines, after ``progress`` has read them."""
    for line in lines:
        progress.heard(line)
        yield line


def main(python: str, lock: str) -> int:
    """Install ``lock`` for the interpreter ``python``, and return pip's exit code."""
    site = subprocess.check_output([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True)
    progress = Progress(wanted_packages(Path(lock)), Path(site.strip()))
    command = [python, "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off", "-r", lock]
    done = Event()
    shower = Thread(target=_show, args=(progress, done), daemon=True)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        assert pip.stdout is not None
        shower.start()
        last = deque(follow(pip.stdout, progress), _LAST_LINES)
    done.set()
    shower.join()
    if pip.returncode:
        sys.stderr.write("".join(last))
    return pip.returncode


def _show(progress: Progress, done: Event) -> None:
    began = time.monotonic()
    terminal = sys.stdout.isatty()
    start, end = ("\r\033[K", "") if terminal else ("", "\n")
    while not done.wait(_SECONDS_BETWEEN_LOOKS if terminal else SECONDS_BETWEEN_LINES):
        sys.stdout.write(f"{start}  {progress}, {time.monotonic() - began:.0f} s{end}")
        sys.stdout.flush()
    sys.stdout.write(f"{start}  {progress}, {time.monotonic() - began:.0f} s\n")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
