"""What a user sees of a running step."""

from pathlib import Path

from pipelines.local.progress import newest_line

LOG = """\
[KFP Executor 2026-01-01 10:00:00,000 INFO]: scorer: epoch 25, validation log loss 0.0516
{"inputs": {"spec": "name: persons"}}
[KFP Executor 2026-01-01 10:00:01,000 INFO]: scorer: epoch 50, validation log loss 0.0054
a warning of a library
"""


def test_the_newest_line_is_the_step_s_own(tmp_path: Path):
    log = tmp_path / "train.log"
    log.write_text(LOG)
    assert newest_line(log) == "scorer: epoch 50, validation log loss 0.0054"


def test_a_silent_or_absent_log_says_nothing(tmp_path: Path):
    assert newest_line(tmp_path / "none.log") == ""
    (tmp_path / "quiet.log").write_text("Traceback\n")
    assert newest_line(tmp_path / "quiet.log") == ""
