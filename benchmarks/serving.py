"""One pair over HTTP: Matchwright's endpoint compared with ``mlflow models serve``, in the same run.

    python -m benchmarks.serving                  trains a small bundle on FEBRL 4 and serves it three ways
    python -m benchmarks.serving --requests 2000

The endpoints take turns, a few requests each, so that load on the machine slows all of them. They do different work.
Matchwright's endpoint validates, compares, scores, gives reasons and logs the decision. MLflow's pyfunc of the same
bundle does the same without a log. MLflow's pyfunc of the XGBoost model only scores comparisons that were made before.
"""

import argparse
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from matchwright.adapters.example_data.febrl import febrl4
from matchwright.adapters.registry.packaging import write_model
from matchwright.core.bundle import BundleParts, golden_decisions, write_bundle
from matchwright.core.compare import compare
from matchwright.core.compare.names import disagreement_limits
from matchwright.core.decide.decision import DecisionModel
from matchwright.core.reasons import Catalogue
from matchwright.core.records import conform, normal_forms, record_features
from matchwright.core.records.corpus import Corpus, feature_version
from matchwright.core.spec import load_spec
from matchwright.secrets import SIGNING_KEY, ensure_local_secrets, secret
from matchwright.training.calibration.bands import choose_bands
from matchwright.training.calibration.choose import choose_calibrator
from matchwright.training.models.scorer import train_scorer

REPOSITORY = Path(__file__).parents[1]
SPEC = REPOSITORY / "specs" / "persons.yaml"
ENTITIES = 1_000
TURN = 25
"""The number of requests that an endpoint answers in one turn."""
WARM_UP = 50
START_SECONDS = 180


@dataclass(frozen=True)
class Labelled:
    """Record features of labelled pairs, row-aligned: the true pair of every entity, then a wrong pair for each."""

    left: pd.DataFrame
    right: pd.DataFrame
    labels: np.ndarray[Any, Any]


@dataclass(frozen=True)
class Contestant:
    """An endpoint: its command, its port, and the request bodies that it gets, one after the other."""

    name: str
    command: list[str]
    port: int
    bodies: list[bytes]


def main() -> None:
    """Train, serve, measure, print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=1_000, help="requests measured at each endpoint")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="matchwright-benchmark-") as folder, ExitStack() as running:
        home = Path(folder)
        os.environ["MATCHWRIGHT_HOME"] = str(home)
        ensure_local_secrets(home)
        contestants = prepare(home)
        for contestant in contestants:
            running.enter_context(served(contestant, home))
        show(measure(contestants, arguments.requests), arguments.requests)


def prepare(home: Path) -> list[Contestant]:
    """Write the bundle and the two MLflow models, and return their endpoints."""
    import mlflow.xgboost

    model, pairs = train()
    bundle = home / "bundle"
    reference = model.compare(pairs.left, pairs.right)
    scores = model.score(reference)
    parts = BundleParts(
        golden=golden_decisions(model),
        reference=reference.assign(score=scores, band=model.band(scores, reference), label=pairs.labels),
        card="# A bundle to measure with\n",
        lineage={"origin": f"FEBRL 4, {ENTITIES} entities"},
        code_digest="0" * 64,
        data_versions={},
        parent=None,
        feature_service=f"{model.spec.name}_records_{feature_version(model.spec, model.corpus)}",
    )
    write_bundle(model, parts, bundle, secret(SIGNING_KEY))
    write_model(bundle, home / "pyfunc", "m-benchmark", "benchmark")
    mlflow.xgboost.save_model(model.scorer.booster, str(home / "xgboost"), pip_requirements=["xgboost", "mlflow"])

    fields = list(model.spec.compared)
    sides = [_values(side, fields) for side in (pairs.left, pairs.right)]
    sent = [{"left": left, "right": right} for left, right in zip(*sides, strict=True)]
    rows = [{f"{side}_{name}": pair[side][name] for side in pair for name in fields} for pair in sent]
    names = list(model.scorer.names)  # the trees read no flags of missing values
    # with NaN, because null would make a column of objects
    numbers = reference[names].to_numpy(dtype=np.float64).tolist()
    serving = [sys.executable, "-m", "serving", "--host", "127.0.0.1", "--bundle", str(bundle)]
    port, pyfunc_port, xgboost_port = _free_ports(3)
    return [
        Contestant(
            "Matchwright",
            [*serving, "--log-folder", str(home / "log"), "--port", str(port)],
            port,
            [json.dumps({"pairs": [pair]}).encode() for pair in sent],
        ),
        Contestant(
            "mlflow models serve, same bundle",
            _mlflow(home / "pyfunc", pyfunc_port),
            pyfunc_port,
            [json.dumps({"dataframe_records": [row]}).encode() for row in rows],
        ),
        Contestant(
            "mlflow models serve, XGBoost alone",
            _mlflow(home / "xgboost", xgboost_port),
            xgboost_port,
            [json.dumps({"dataframe_split": {"columns": names, "data": [row]}}).encode() for row in numbers],
        ),
    ]


def train() -> tuple[DecisionModel, Labelled]:
    """A decision model trained on the first entities, and labelled pairs of them."""
    spec = load_spec(SPEC)
    tables = [table.sort_values("rec_id").head(ENTITIES) for table in febrl4()[:2]]
    sides = [conform(table, spec, source) for table, source in zip(tables, ("left", "right"), strict=True)]
    records = pd.concat(sides, ignore_index=True)
    corpus = Corpus.fit(normal_forms(records, spec), spec)
    features = [record_features(side, spec, corpus) for side in sides]
    wrong = np.roll(np.arange(ENTITIES), 1)
    left = pd.concat([features[0], features[0]], ignore_index=True)
    right = pd.concat([features[1], features[1].iloc[wrong]], ignore_index=True)
    pairs = Labelled(left, right, np.repeat([1, 0], ENTITIES))
    fitted = np.tile(np.arange(ENTITIES) % 2 == 0, 2)
    comparisons = compare(left, right, spec, corpus)
    known, held = (comparisons[fitted], pairs.labels[fitted]), (comparisons[~fitted], pairs.labels[~fitted])
    scorer = train_scorer(*known, *held, spec.model, limits=disagreement_limits(spec)).scorer
    log_odds = scorer.log_odds(held[0])
    calibrator = choose_calibrator(
        log_odds, held[1], left.loc[~fitted, "record_key"].to_numpy(), spec.model.seed
    ).calibrator
    bands = choose_bands(calibrator.apply(log_odds), held[1], spec.costs, spec.precision_constraints).bands
    return DecisionModel(spec, corpus, scorer, calibrator, bands, Catalogue.of(spec)), pairs


@contextmanager
def served(contestant: Contestant, home: Path) -> Iterator[None]:
    """Start the endpoint and wait until it answers; stop all its processes afterwards."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path, "OMP_NUM_THREADS": "1"}
    output = home / f"{contestant.port}.log"
    with output.open("wb") as file:
        process = subprocess.Popen(
            contestant.command, stdout=file, stderr=file, env=environment, cwd=REPOSITORY, start_new_session=True
        )
    try:
        _wait(contestant, process, output)
        yield
    finally:
        with suppress(ProcessLookupError):  # it has ended, with all processes that it started
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)


def measure(contestants: list[Contestant], requests: int) -> dict[str, np.ndarray[Any, Any]]:
    """Milliseconds of every request, by endpoint. Each endpoint has one open connection."""
    taken: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
    connections = {one.name: http.client.HTTPConnection("127.0.0.1", one.port) for one in contestants}
    for number in range(0, WARM_UP + requests, TURN):
        for contestant in contestants:
            for index in range(number, min(number + TURN, WARM_UP + requests)):
                body = contestant.bodies[index % len(contestant.bodies)]
                taken[contestant.name].append(_post(connections[contestant.name], body))
    for connection in connections.values():
        connection.close()
    return {name: np.array(values[WARM_UP:]) for name, values in taken.items()}


def show(taken: dict[str, np.ndarray[Any, Any]], requests: int) -> None:
    """Print the table. An endpoint with a ratio above 1 is slower than the first one."""
    shown = Table(title=f"One pair over HTTP, {requests:,} requests each", title_justify="left")
    shown.add_column("endpoint")
    for column in ("p50 ms", "p99 ms", "p50 ratio"):
        shown.add_column(column, justify="right")
    own = np.median(next(iter(taken.values())))
    for name, values in taken.items():
        middle, high = np.quantile(values, [0.5, 0.99])
        shown.add_row(name, f"{middle:.2f}", f"{high:.2f}", f"{middle / own:.2f}")
    Console().print(shown)


def _post(connection: http.client.HTTPConnection, body: bytes) -> float:
    started = time.perf_counter()
    connection.request("POST", "/invocations", body, {"content-type": "application/json"})
    response = connection.getresponse()
    content = response.read()
    taken = (time.perf_counter() - started) * 1000
    if response.status != 200:
        raise SystemExit(f"An endpoint answered {response.status}: {content[:500]!r}")
    return taken


def _wait(contestant: Contestant, process: "subprocess.Popen[bytes]", output: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", contestant.port, timeout=5)
        try:
            connection.request("GET", "/ping")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass  # the endpoint does not listen yet
        finally:
            connection.close()
        time.sleep(0.1)
    raise SystemExit(f"{contestant.name} did not start:\n{output.read_text(errors='replace')[-2000:]}")


def _mlflow(model: Path, port: int) -> list[str]:
    command = [sys.executable, "-m", "mlflow", "models", "serve", "--env-manager", "local", "--workers", "1"]
    return [*command, "--model-uri", str(model), "--host", "127.0.0.1", "--port", str(port)]


def _values(features: pd.DataFrame, fields: list[str]) -> list[dict[str, Any]]:
    chosen = features[fields].astype(object)
    return [{str(k): v for k, v in row.items()} for row in chosen.where(chosen.notna(), None).to_dict("records")]


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]


if __name__ == "__main__":
    main()
