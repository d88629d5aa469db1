"""What training proposes itself: candidates within each part, and the nearest of the encoder that it taught."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from matchwright.core.candidates import propose_without_budget
from matchwright.core.candidates.budget import within_budget
from matchwright.core.candidates.labels import label_candidates
from matchwright.core.candidates.report import found_and_cut
from matchwright.core.encoder import Encoder
from matchwright.core.records import PAIR_KEYS
from matchwright.core.spec import MatchSpec
from matchwright.core.split import assign_pairs
from matchwright.steps.train_parts import ENCODER_PART

BY_ENCODER_ALONE = "encoder"
"""``proposed_by`` of a pair that no other method found."""


@dataclass(frozen=True)
class ProposedAgain:
    """Every candidate (left_key, right_key, label, -1 where unknown, proposed_by), and what they find and cost.

    The report counts true pairs of records that taught the encoder nothing; see
    :func:`~matchwright.core.candidates.report.found_and_cut`.
    """

    candidates: pd.DataFrame
    report: dict[str, Any]


def propose_again(
    frame: pd.DataFrame, parts: "pd.Series[str]", labelled: pd.DataFrame, encoder: Encoder | None, spec: MatchSpec
) -> ProposedAgain:
    """Candidates of all methods, the encoder's too, within one budget.

    With complete labels those of each part by itself, as if its records were the whole tables: candidates
    across parts cannot be used, and without others in their place a part would hold far fewer wrong pairs than
    the model meets when it serves. With partial ones those of the whole tables, where judged pairs alone teach.
    """
    tables = [frame]
    if spec.labels == "complete":
        part_of = frame["record_key"].map(parts)
        kept = sorted(set(parts) - {ENCODER_PART})
        tables = [frame[(part_of == part).to_numpy()].reset_index(drop=True) for part in kept]
    everything = pd.concat([propose_without_budget(table, spec, encoder) for table in tables], ignore_index=True)
    made = within_budget(everything, spec.candidates.max_candidates_per_record)
    true, _ = assign_pairs(labelled[labelled["label"] == 1], parts)
    true = true.loc[true["part"] != ENCODER_PART, PAIR_KEYS].drop_duplicates()
    report = found_and_cut(everything, made, true, spec.candidates)
    labels = label_candidates(made, labelled, frame["record_key"], spec.labels)
    return ProposedAgain(labels.candidates[[*PAIR_KEYS, "label", "proposed_by"]], report)


def proposed_by_encoder_alone(proposed: pd.DataFrame) -> pd.DataFrame:
    """left_key and right_key of the candidates that would be none without the encoder."""
    return proposed.loc[proposed["proposed_by"] == BY_ENCODER_ALONE, PAIR_KEYS]
