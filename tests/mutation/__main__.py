"""A sampled mutation run: how many small faults, planted one at a time, the mirrored tests see.

Usage: ``make mutation`` or ``make mutation SAMPLE=40 ONLY=matchwright/core/compare``.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import yaml
from mutation.mirror import PACKAGES, mirrored_tests, modules_of
from mutation.operators import Mutant, mutants
from mutation.trial import NO_TESTS, PASSED, TIMED_OUT, copy_tree, run_tests, warm

ROOT = Path(__file__).parents[2]
ACCEPTED = Path(__file__).with_name("accepted.yaml")
"""Mutants that may survive, each with the reason."""
LEAST_KILLED = 0.85
MARKS = ("not slow", "slow")
"""Slow tests are asked only about what the quick ones let through."""
LONGEST = 600.0
"""Seconds that tests without a fault may take."""


@dataclass(frozen=True)
class Result:
    """What became of a mutant: ``killed``, ``timed out``, ``survived``, or ``not tried`` if its tests already fail."""

    mutant: Mutant
    outcome: str


def sample(root: Path, only: tuple[str, ...], number: int, seed: int) -> list[Mutant]:
    """So many of all mutants of the packages, the same for the same seed and sources."""
    found = [mutant for path in modules_of(root, only) for mutant in mutants(str(path), (root / path).read_bytes())]
    return random.Random(seed).sample(found, min(number, len(found)))


def try_mutants(tests: list[str], chosen: list[Mutant]) -> list[Result]:
    """Plant each mutant in a copy of the tree and run the tests. None is tried if the tests fail without a fault."""
    with tempfile.TemporaryDirectory(prefix="mutation-") as scratch:
        tree, log = copy_tree(ROOT, Path(scratch, "tree")), Path(scratch, "log")
        limits = {}
        for mark in MARKS:
            began = time.monotonic()
            if run_tests(tree, tests, mark, LONGEST, log) not in (PASSED, NO_TESTS):
                print(f"{' '.join(tests)} ({mark}) fail without a fault:\n{log.read_text()[-3000:]}", flush=True)
                return [Result(mutant, "not tried") for mutant in chosen]
            limits[mark] = 20 + 4 * (time.monotonic() - began)
        results = []
        for mutant in chosen:
            results.append(Result(mutant, _outcome(tree, log, mutant, tests, limits)))
            print(f"{results[-1].outcome:>9}  {mutant.path}:{mutant.line}  {mutant.change}", flush=True)
        return results


def _outcome(tree: Path, log: Path, mutant: Mutant, tests: list[str], limits: dict[str, float]) -> str:
    file = tree / mutant.path
    whole = file.read_bytes()
    file.write_bytes(mutant.applied(whole))
    try:
        for mark, seconds in limits.items():
            status = run_tests(tree, tests, mark, seconds, log)
            if status not in (PASSED, NO_TESTS):
                return "timed out" if status == TIMED_OUT else "killed"
        return "survived"
    finally:
        file.write_bytes(whole)


def run(chosen: list[Mutant], workers: int) -> Iterator[Result]:
    """The results as they come; the mutants of the same tests are tried in one copy of the tree."""
    by_tests: dict[tuple[str, ...], list[Mutant]] = {}
    for mutant in chosen:
        by_tests.setdefault(tuple(mirrored_tests(mutant.path, ROOT)), []).append(mutant)
    warm()
    with ProcessPoolExecutor(workers, get_context("fork")) as pool:
        trials = [pool.submit(try_mutants, list(tests), group) for tests, group in by_tests.items()]
        for done in as_completed(trials):
            yield from done.result()


def report(results: list[Result], accepted: dict[str, str]) -> tuple[str, bool]:
    """The score and every survivor, and whether that will do."""
    counts = Counter(result.outcome for result in results)
    survivors = sorted((result.mutant for result in results if result.outcome == "survived"), key=lambda m: m.name)
    share = (counts["killed"] + counts["timed out"]) / max(len(results), 1)
    lines = [
        f"{mutant.path}:{mutant.line} {mutant.name}\n    {accepted.get(mutant.name, 'NO REASON')}"
        for mutant in survivors
    ]
    lines.append(
        f"{len(results)} mutants: {counts['killed']} killed, {counts['timed out']} timed out, {len(survivors)} survived"
        f", {counts['not tried']} not tried ({share:.0%} seen, at least {LEAST_KILLED:.0%} wanted)"
    )
    explained = all(mutant.name in accepted for mutant in survivors)
    return "\n".join(lines), share >= LEAST_KILLED and explained and not counts["not tried"]


def main(arguments: list[str]) -> int:
    """Run a sample; 0 where enough of it was killed and every survivor has its reason."""
    parser = argparse.ArgumentParser(prog="mutation", description=__doc__)
    parser.add_argument("--sample", type=int, default=200, help="how many mutants to try")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", nargs="+", default=PACKAGES, help="packages or modules to sample from")
    asked = parser.parse_args(arguments)
    accepted = yaml.safe_load(ACCEPTED.read_text(encoding="utf-8")) or {}
    results = list(run(sample(ROOT, tuple(asked.only), asked.sample, asked.seed), asked.workers))
    text, enough = report(results, accepted)
    print(text)
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
