"""Start the steps of a run as forks of one process, so that libraries are imported only once.

A new process needs seconds to import its libraries. Here one process imports each library when a step first needs it.
Every step is a fork of this process. It still has its own process id, session, environment and log, and it runs the
engine's executor with the engine's arguments.

Run as a program, this module is the process with the imports. It reads requests from its standard input and answers on
its standard output, one JSON line each. It ends when its input ends. It computes nothing, so a fork never inherits
running threads.
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
"""Libraries that a step imports only while it runs. Later steps and later runs need them again."""


class Forked:
    """A step's process. It is a child of the process with the imports, and is used like ``subprocess.Popen``."""

    def __init__(self, pid: int, answer: Callable[[], dict[str, int]]) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._answer = answer

    def wait(self) -> int:
        """Wait for its end and return the exit status. It is negative after a signal."""
        if self.returncode is None:
            self.returncode = self._answer()["status"]
        return self.returncode


class WarmSteps:
    """Starts steps as forks. At the end of the context, the process with the imports ends."""

    def __init__(self) -> None:
        self._server: subprocess.Popen[str] | None = None

    def __enter__(self) -> "WarmSteps":
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None and self._server.stdin is not None:
            self._server.stdin.close()  # it ends when its input ends
            self._server.wait()

    def start(self, command: Sequence[str], log: Path, environment: Mapping[str, str]) -> Forked | None:
        """Start the step of ``command``. None if ``command`` does not run the engine's executor."""
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
                start_new_session=True,  # Ctrl-C goes to the process that runs the pipeline, which then stops the step
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
                "The process that starts the steps ended.", "run the same command again. Steps that succeeded are kept"
            )
        answer: dict[str, int] = json.loads(line)
        return answer


def _executor_arguments(command: Sequence[str]) -> tuple[str, list[str]] | None:
    """The component's source and the executor's options, from the engine's ``sh -ec SCRIPT SOURCE OPTION ...``."""
    if len(command) < 4 or command[:2] != ["sh", "-ec"] or EXECUTOR not in command[2]:
        return None
    return command[3], list(command[4:])


def serve() -> None:
    """Fork a step for each request until the input ends. In the process of a step, run the step and return."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # an import may print, which must not be read as an answer
    while line := sys.stdin.readline():
        request = json.loads(line)
        _import_for(request["options"])
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            answers.close()
            os.close(reader)
            _become_a_step(request)
            os.close(writer)
            _run(request)
            return
        os.close(writer)
        os.read(reader, 1)  # wait until the step has its own session, which is needed to stop it with its workers
        os.close(reader)
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
    gc.freeze()  # else the first garbage collection of a fork would copy all memory pages with objects


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
