"""The content of a model card: the summaries that the steps wrote, and what follows from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from matchwright.core.compare.names import context_names
from matchwright.core.decide.bands import Bands
from matchwright.core.models.neighbours import applies_to
from matchwright.core.reasons import Catalogue
from matchwright.core.spec import MatchSpec
from matchwright.evaluation.candidates.report import embedding_facts
from matchwright.evaluation.card.more_labels import Need, Shortfall, needs, shortfalls

FIGURES = ("f1", "precision", "recall", "review_share", "pairs_completeness", "log_loss", "cost_per_1000", "mrr")
"""The figures of the whole test split that the card shows."""

MOST_REASONS, MOST_GROUPS = 2, 5
"""Reasons shown per band, and groups of comparisons shown in total."""

Summary = Mapping[str, Any]
"""What a step wrote. A figure has ``value``, ``lower`` and ``upper``; unknown ones are None."""


class FewLabels(NamedTuple):
    """How many pairs are labelled, how many of them are for testing, and how many of these match.

    ``needs`` are the gates that need more labels.
    """

    labels: int
    tested: int
    matches: int
    needs: Sequence[Need]


class FrequentReason(NamedTuple):
    """A frequent reason, and the share of each band's pairs that have it."""

    code: str
    text: str
    shares: Mapping[str, float]


@dataclass(frozen=True)
class Card:
    """The card of one version. Shares are in 0..1, costs in the spec's unit.

    ``gates`` are the rows of the gate table. ``rows`` is the number of rows of each input table, and ``origin`` says
    where the tables came from. The other summaries come from the steps of the same names.
    """

    spec: MatchSpec
    bands: Bands
    gates: Sequence[Summary]
    evaluation: Summary
    calibration: Summary
    explanation: Summary
    training: Summary
    candidates: Summary
    origin: str
    rows: Mapping[str, int]

    @property
    def figures(self) -> Summary:
        """Figures of the test split, with competing candidates where the spec compares with them."""
        found = {**self.evaluation["metrics"], **self.evaluation["ranking"]}
        return {name: found[name] for name in FIGURES if name in found and found[name]["value"] is not None}

    @property
    def alone(self) -> Summary:
        """The figures in requests for one pair; empty where pairs are not compared with competing candidates."""
        compared = context_names(self.spec) or self.training.get("second_stage")
        return self.evaluation["pairs_alone"] if compared else {}

    @property
    def neighbours(self) -> Summary:
        """The figures in batch use, where the neighbours of a pair are known; empty where they are not learned from."""
        found: Summary = self.evaluation.get("with_neighbours") or {}
        return found.get("metrics") or {}

    @property
    def without_neighbours(self) -> str | None:
        """Why neighbours are not learned from where one table is deduplicated; None where they are.

        Also None with two tables, and where training did not come to neighbours, as with few labels.
        """
        if self.neighbours or not self.training.get("one_table"):
            return None
        if not self.spec.model.neighbours:
            return "the spec leaves them out (model.neighbours: false)"
        if self.spec.multiplicity == "one_to_one":
            return "the spec says that an entity has at most two records (multiplicity: one_to_one)"
        if not applies_to(self.spec, one_table=True):
            return "the spec says that the sources are not alike (sources.alike: false)"
        if not self.training.get("neighbours"):
            return "too few pairs of the calibration part are labelled"
        return "too few labelled pairs have other records near them, or these did not make the scores better"

    @property
    def f1_change(self) -> Summary:
        """F1 of this version less that of the champion, with the p-value of the paired test; empty without one."""
        return self.evaluation["against_champion"].get("f1") or {}

    @property
    def champion(self) -> Summary:
        """The serving version's figures on the same pairs; empty without one."""
        mine = self.evaluation["metrics"]
        changes = {name: figure["value"] for name, figure in self.evaluation["against_champion"].items()}
        return {name: {"value": mine[name]["value"] - by} for name, by in changes.items() if by is not None}

    @property
    def edges(self) -> Mapping[str, tuple[float, float]]:
        """The lowest and the highest score of each band."""
        low, high = self.bands.review_from, self.bands.match_from
        return {"match": (high, 1.0), "review": (low, min(high, 1.0)), "no_match": (0.0, low)}

    @property
    def few_labels(self) -> FewLabels | None:
        """How few labelled pairs were used; None where there are many, or none."""
        if self.spec.labels == "none" or not self.training.get("few_labels"):
            return None
        parts = self.training["pairs_per_part"]
        labels = sum(parts.values())
        asked = needs(self.spec, self.evaluation["metrics"], labels)
        return FewLabels(labels, parts.get("test", 0), self.evaluation["true_pairs"], asked)

    @property
    def shortfalls(self) -> Sequence[Shortfall]:
        """The precision constraints that are not shown to hold."""
        few = self.few_labels
        return shortfalls(self.spec, self.calibration, few.labels if few else None)

    @property
    def challengers(self) -> Mapping[str, Summary]:
        """Other kinds of model that were compared with the scorer."""
        return self.training.get("challengers") or {}

    @property
    def embedding_candidates(self) -> str:
        """What the network's record embedding adds to the candidates of training; empty where it proposed none."""
        report = self.training.get("candidates_with_embedding")
        return embedding_facts(report) if report else ""

    @property
    def imported(self) -> Summary:
        """Where an imported scorer came from and how its graph is read; empty where the scorer was fitted here."""
        return self.training.get("imported") or {}

    @property
    def sampled(self) -> Summary:
        """How many ``records`` there are and ``records_compared``; empty if the candidates of all were compared."""
        names = ("records", "records_compared")
        counts = {name: self.training[name] for name in names if name in self.training}
        return counts if len(set(counts.values())) == 2 else {}

    @property
    def stages(self) -> Summary:
        """The log loss of the first stage alone and of both stages; empty where no second one was fitted."""
        return self.training.get("stages") or {}

    @property
    def without_register(self) -> bool:
        """Whether training could not learn register evidence."""
        return self.training.get("register_evidence") is False

    @property
    def catalogue(self) -> Catalogue:
        """The texts of reasons."""
        return Catalogue.of(self.spec)

    @property
    def reasons(self) -> Sequence[FrequentReason]:
        """The most frequent reasons of each band."""
        shares, texts = self.explanation["reasons"], self.catalogue
        codes = dict.fromkeys(code for found in shares.values() for code in list(found)[:MOST_REASONS])
        by_band = {code: {band: found.get(code, 0.0) for band, found in shares.items()} for code in codes}
        return [FrequentReason(code, texts.both(code), found) for code, found in by_band.items()]

    @property
    def contributions(self) -> Sequence[tuple[str, float]]:
        """The groups with the largest mean absolute contributions, in log-odds."""
        return list(self.explanation["importance"].items())[:MOST_GROUPS]
