"""Work in a new Python interpreter: when it ends, all of its memory goes back to the system.

A forked process would have the locks of libraries whose threads it does not have, and could wait for them forever. A
process that :mod:`multiprocessing` spawns would run the caller's script again.
"""

import os
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from matchwright.errors import MatchwrightError

Result = TypeVar("Result")

_LOOKED_EACH = 0.05
"""Seconds after which the other process looks again whether this one still runs."""


def in_new_interpreter(work: Callable[..., Result], *arguments: Any) -> Result:
    """What ``work`` gives for the arguments.

    ``work`` must be a function of a module. It, its arguments and its result can be pickled. If this process ends, the
    other one ends as well.

    Raises:
        Exception: whatever ``work`` raises.
        MatchwrightError: the other process was ended.
    """
    from joblib.externals.loky import ProcessPoolExecutor
    from joblib.externals.loky.process_executor import BrokenProcessPool

    with ProcessPoolExecutor(max_workers=1) as processes:
        try:
            result: Result = processes.submit(_while_runs, os.getpid(), work, *arguments).result()
        except BrokenProcessPool:
            fact = "A process that worked for this one was ended."
            raise MatchwrightError(fact, "if the system ended it, it needed more memory than there is") from None
        return result


def _while_runs(process: int, work: Callable[..., Result], *arguments: Any) -> Result:
    """What ``work`` gives, while the process that started this one runs. A killed one must leave nothing at work."""
    threading.Thread(target=_end_after, args=(process,), daemon=True).start()
    return work(*arguments)


def _end_after(process: int) -> None:
    while os.getppid() == process:
        time.sleep(_LOOKED_EACH)
    os._exit(1)
