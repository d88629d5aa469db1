"""One process per step without the imports of one process per step.

A step's process takes seconds to import its libraries before it does anything. Here one process imports them, each
library when the first step needs it, and every step is a fork of it: a process of its own, in a session of its own,
with its own environment and log, as before. It runs the engine's own executor with the engine's own arguments.

Run as a program this module is that process. It reads requests from its input and answers on its output, one JSON
line each, and it ends with whoever started it. It never computes anything, so that a fork inherits no threads at work.
"""

import gc
import importlib.util
import json
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from matchwright.errors import PipelineError

EXECUTOR = "kfp.dsl.executor_main"
_FUNCTION = "--function_to_execute"
_ALWAYS = (EXECUTOR, "components.context")
_LIBRARIES = {
    "candidates": ("matplotlib.figure",),
    "champion": ("mlflow",),
    "train": ("mlflow", "xgboost"),
    "monitor": ("matchwright.adapters.drift.report", "evidently"),
}
"""What a step imports only while it runs, and later steps or later runs import again."""


class Forked:
    """A step's process, a child of the process with the imports; the same face as ``subprocess.Popen``."""

    def __init__(self, pid: int, answer: Callable[[], dict[str, int]]) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._answer = answer

    def wait(self) -> int:
        """The exit status, once it has ended; negative for a signal."""
        if self.returncode is None:
            self.returncode = self._answer()["status"]
        return self.returncode


class WarmSteps:
    """Starts steps as forks; a context that ends the process with the imports."""

    def __init__(self) -> None:
        self._server: subprocess.Popen[str] | None = None

    def __enter__(self) -> "WarmSteps":
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None and self._server.stdin is not None:
            self._server.stdin.close()  # the end of its input ends it
            self._server.wait()

    def start(self, command: Sequence[str], log: Path, environment: Mapping[str, str]) -> Forked | None:
        """Start the step that ``command`` runs; None where it is not the engine's executor that it runs."""
        arguments = _executor_arguments(command)
        if arguments is None:
            return None
        source, options = arguments
        request = {"source": source, "options": options, "log": str(log), "environment": dict(environment)}
        if self._server is None:
            self._server = subprocess.Popen(
                [sys.executable, "-m", __name__],
                env={**environment, "_KFP_RUNTIME": "true"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,  # Ctrl-C is for whoever runs the pipeline, who then ends the step
            )
        assert self._server.stdin is not None
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        return Forked(self._answer()["pid"], self._answer)

    def _answer(self) -> dict[str, int]:
        assert self._server is not None
        assert self._server.stdout is not None
        line = self._server.stdout.readline()
        if not line:
            raise PipelineError(
                "The process that starts the steps ended.", "run the same command again; what succeeded is kept"
            )
        answer: dict[str, int] = json.loads(line)
        return answer


def _executor_arguments(command: Sequence[str]) -> tuple[str, list[str]] | None:
    """The component's source and the executor's options, from the engine's ``sh -ec SCRIPT SOURCE OPTION ...``."""
    if len(command) < 4 or command[:2] != ["sh", "-ec"] or EXECUTOR not in command[2]:
        return None
    return command[3], list(command[4:])


def serve() -> None:
    """Fork a step for each request, until there are no more; in a step's process this returns to be the step."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what an import prints is no answer
    while line := sys.stdin.readline():
        request = json.loads(line)
        _import_for(request["options"])
        led, leads = os.pipe()
        pid = os.fork()
        if pid == 0:
            answers.close()
            os.close(led)
            _become_a_step(request)
            os.close(leads)
            _run(request)
            return
        os.close(leads)
        os.read(led, 1)  # until the step leads its session, by which it can be ended with all its workers
        os.close(led)
        _say(answers, {"pid": pid})
        _say(answers, {"status": os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])})
    os._exit(0)  # it holds nothing, and libraries that are taken down in an orderly way complain of leaks


def _say(answers: Any, answer: dict[str, int]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _import_for(options: Sequence[str]) -> None:
    function = options[options.index(_FUNCTION) + 1]
    own = f"matchwright.steps.{function}"
    wanted = [*_ALWAYS, *([own] if importlib.util.find_spec(own) else []), *_LIBRARIES.get(function, ())]
    for name in wanted:
        importlib.import_module(name)
    gc.freeze()  # a fork's first collection would copy every page that holds an object


def _become_a_step(request: Mapping[str, Any]) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(request["environment"], _KFP_RUNTIME="true")
    tempfile.tempdir = None
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.close(nothing)
    os.close(log)


def _run(request: Mapping[str, Any]) -> None:
    program = Path(tempfile.mkdtemp(), "ephemeral_component.py")
    program.write_text(request["source"], encoding="utf-8")
    sys.argv = [EXECUTOR, "--component_module_path", str(program), *request["options"]]
    runpy.run_module(EXECUTOR, run_name="__main__", alter_sys=False)


if __name__ == "__main__":
    serve()
