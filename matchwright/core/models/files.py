"""Reading and writing the file of a scorer. The name of the file shows the kind of the scorer."""

from pathlib import Path

from matchwright.core.models.boosted_trees import XGBoostScorer
from matchwright.core.models.onnx_graph import OnnxScorer
from matchwright.core.models.scorer import Scorer
from matchwright.core.models.two_stages import TwoStageScorer
from matchwright.core.models.unsupervised import FellegiSunterScorer
from matchwright.errors import BundleError

BOOSTED_FILE, GRAPH_FILE, FELLEGI_SUNTER_FILE = "scorer.ubj", "scorer.onnx", "scorer.json"
SCORER_FILES = (BOOSTED_FILE, GRAPH_FILE, FELLEGI_SUNTER_FILE)
SECOND_STAGE_FILE = "second_stage.ubj"


def scorer_file(folder: Path) -> Path:
    """The file of a folder's scorer.

    Raises:
        BundleError: there is none, or more than one.
    """
    found = [folder / name for name in SCORER_FILES if (folder / name).is_file()]
    if len(found) != 1:
        problem = "no scorer" if not found else f"more than one scorer: {', '.join(path.name for path in found)}"
        raise BundleError(f"There is {problem} in {folder.name}.", "train it again")
    return found[0]


def read_scorer(folder: Path) -> Scorer:
    """The scorer of a folder.

    Raises:
        BundleError: there is not exactly one, or it cannot be read.
    """
    path, second = scorer_file(folder), folder / SECOND_STAGE_FILE
    if second.is_file():
        return TwoStageScorer(XGBoostScorer.load(path), XGBoostScorer.load(second))
    if path.name == FELLEGI_SUNTER_FILE:
        return FellegiSunterScorer.load(path)
    return OnnxScorer.load(path) if path.name == GRAPH_FILE else XGBoostScorer.load(path)


def write_scorer(scorer: Scorer, folder: Path) -> Path:
    """Write a scorer to the file of its kind, and delete files of other kinds. Returns the file.

    A second stage has a file of its own beside the first one.
    """
    (folder / SECOND_STAGE_FILE).unlink(missing_ok=True)
    if isinstance(scorer, TwoStageScorer):
        path = write_scorer(scorer.first, folder)
        scorer.second.save(folder / SECOND_STAGE_FILE)
        return path
    name = BOOSTED_FILE
    if isinstance(scorer, OnnxScorer):
        name = GRAPH_FILE
    elif isinstance(scorer, FellegiSunterScorer):
        name = FELLEGI_SUNTER_FILE
    for other in SCORER_FILES:
        if other != name:
            (folder / other).unlink(missing_ok=True)
    scorer.save(folder / name)
    return folder / name
