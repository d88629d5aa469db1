"""Pipelines of three small steps that run in seconds, for tests of the runner.

It can also run as a program, so that a test can kill its process: ``python tiny_pipeline.py HOME TEXT PAUSE_FILE``.
"""

import os
import sys
from pathlib import Path

from kfp import dsl

from components.base import component
from pipelines.catalogue import Pipeline


@component
def write(text: str, code_digest: str, folder: dsl.Output[dsl.Dataset]) -> None:
    from pathlib import Path

    Path(folder.path).mkdir()
    Path(folder.path, "text.txt").write_text(text)


@component
def measure(folder: dsl.Input[dsl.Dataset], pause_file: str, result: dsl.Output[dsl.Artifact]) -> str:
    import time
    from pathlib import Path

    from components.context import reported
    from matchwright.errors import QualityError

    while pause_file and Path(pause_file).exists():
        time.sleep(0.05)
    text = Path(folder.path, "text.txt").read_text()
    with reported():
        if text == "refuse":
            raise QualityError("The text is refused.", "write another one")
        if text == "break":
            int("a value that no log may show")
    Path(result.path).write_text(text.upper())
    return "long" if len(text) > 3 else "short"


@component
def say(length: str) -> str:
    return f"it is {length}"


@component
def fail(how: str) -> str:
    import os

    from components.context import reported
    from matchwright.errors import QualityError

    with reported():
        if how not in ("without a word", "in mid-sentence"):
            raise QualityError(f"This fails {how}.", "leave it")
    if how == "in mid-sentence":
        with open(os.environ["MATCHWRIGHT_STEP_ERROR"], "w") as file:
            file.write('{"fact": "No sp')
    os._exit(9)


def make(step) -> object:
    @dsl.pipeline(name="tiny")
    def tiny(text: str, code_digest: str = "", pause_file: str = "", environment: str = "local") -> None:
        written = step(write, text=text, code_digest=code_digest)
        measured = step(measure, folder=written.outputs["folder"], pause_file=pause_file)
        with dsl.If(measured.outputs["Output"] == "long"):
            step(say, cached=False, length="long")
        with dsl.Else():
            step(say, cached=False, length="short")

    return tiny


def make_failing(step) -> object:
    @dsl.pipeline(name="failing")
    def failing(text: str, code_digest: str = "", pause_file: str = "", environment: str = "local") -> None:
        step(fail, how="loudly")
        step(fail, how="gently")
        step(fail, how="without a word")
        step(fail, how="in mid-sentence")
        with dsl.If(text != ""):  # the engine runs the other steps after a failure only in a pipeline with a condition
            step(say, length=text)

    return failing


TINY = Pipeline("tiny", make)
FAILING = Pipeline("failing", make_failing)
"""Four steps that fail, and of which none depends on another one."""


def run(home: Path, text: str, pause_file: str = "", pipeline: Pipeline = TINY, **options):
    from matchwright.secrets import ensure_local_secrets
    from matchwright.settings import load_settings
    from pipelines.run import run_pipeline

    ensure_local_secrets(home)
    settings = load_settings("local", home=home)
    arguments = {"text": text, "code_digest": options.pop("code_digest", "v1"), "pause_file": pause_file}
    return run_pipeline(pipeline, settings, arguments, environment="local", **options)


if __name__ == "__main__":
    os.environ.pop("MATCHWRIGHT_HOME", None)
    run(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
