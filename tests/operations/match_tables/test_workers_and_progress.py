"""How many processes match tables, and the lines that say how far they are."""

import os

import pytest

from matchwright.matching.partitions import Progress
from matchwright.operations.match_tables.progress import ProgressLines, progress_line
from matchwright.operations.match_tables.workers import workers_of
from matchwright.settings import Settings


@pytest.mark.parametrize(("asked", "workers"), [("8", 8), ("2.5", 2), ("1500m", 1), ("250m", 1)])
def test_a_step_in_a_cluster_uses_the_cores_that_it_requests(settings: Settings, asked: str, workers: int) -> None:
    cluster = settings.cluster
    resources = cluster.resources.model_copy(update={"cpu": asked})
    placed = cluster.model_copy(update={"host": "https://pipelines.example.com", "resources": resources})
    assert workers_of(settings.model_copy(update={"cluster": placed})) == workers


def test_a_step_on_this_machine_uses_all_cores(settings: Settings) -> None:
    assert workers_of(settings) == os.cpu_count()


def test_a_line_says_how_far_a_stage_is_and_how_long_it_still_takes() -> None:
    assert progress_line(Progress("clustering", 0, 0, 0.0)) == "clustering"
    assert progress_line(Progress("comparing", 0, 9_000, 0.0)) == "comparing: 0 of 9,000"
    half = progress_line(Progress("comparing", 5_000, 9_000, 4.0, begun_at=1_000))
    assert half == "comparing: 5,000 of 9,000, 1,000 a second, 4 s left"


def test_a_stage_is_shown_when_it_begins_and_not_for_every_partition() -> None:
    shown: list[str] = []
    lines = ProgressLines(shown.append)
    for done in range(0, 5_000, 1_000):
        lines(Progress("comparing", done, 5_000, 0.0))
    lines(Progress("scoring", 0, 5_000, 0.0))
    assert shown == ["comparing: 0 of 5,000", "scoring: 0 of 5,000"]
