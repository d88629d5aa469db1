"""How tables are matched."""

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from matchwright.errors import Fault, SettingsError
from matchwright.frozen import Frozen

GIGABYTE = 1024**3
TableFormat = Literal["csv", "parquet", "none"]
EngineName = Literal["duckdb", "spark"]
WITHOUT_EFFECT = frozenset({"memory", "workers", "engine", "master", "connect"})
"""The options that change no result."""

Score = Annotated[float, Field(gt=0, lt=1)]


class MatchOptions(Frozen):
    """How tables are matched.

    - ``reasons``: ``review`` gives reasons to the pairs that a person looks at, ``all`` also to matches.
    - ``join_from``: matches join records, and pairs in review that have at least this score. None: matches alone.
    - ``link_and_dedupe``: look for pairs within each of two tables too.
    - ``guard``: cut clusters that only a chain holds together.
    - ``memory``: bytes that partitions may take together. It changes no result.
    - ``workers``: processes that compare and score. It changes no result.
    - ``tables``: the format of the input tables with their clusters.
    - ``restate_prior``: restate the scores for the size of these tables.
    - ``engine``: what joins, compares and scores: ``duckdb`` on this machine, or ``spark``. It changes no result.
    - ``master``: with ``spark``, the cluster, such as ``local[2]`` or ``spark://host:7077``. Empty: the session that is
      active in this process, else all processor cores of this machine.
    - ``connect``: with ``spark``, a Spark Connect server in place of ``master``, such as ``sc://host``.
    """

    reasons: Literal["review", "all"] = "review"
    join_from: Score | None = None
    link_and_dedupe: bool = False
    guard: bool = True
    memory: Annotated[int, Field(ge=GIGABYTE // 4)] = 2 * GIGABYTE
    workers: Annotated[int, Field(ge=1)] = 1
    tables: TableFormat = "csv"
    restate_prior: bool = False
    engine: EngineName = "duckdb"
    master: str = ""
    connect: str = ""

    @model_validator(mode="after")
    def _addresses_are_of_spark(self) -> "MatchOptions":
        if self.engine != "spark" and (self.master or self.connect):
            raise ValueError("master and connect name a Spark cluster: choose engine spark")
        if self.master and self.connect:
            raise ValueError("master and connect name two clusters: leave out one")
        return self


def options_of_text(**given: str) -> MatchOptions:
    """The options from text, as a pipeline's parameters have it. An empty text leaves the default.

    Raises:
        SettingsError: keys have faults (all are listed).
    """
    return match_options(**{key: text for key, text in given.items() if text})


def match_options(**given: Any) -> MatchOptions:
    """The options from their keys.

    Raises:
        SettingsError: keys have faults (all are listed).
    """
    try:
        return MatchOptions.model_validate(given)
    except ValidationError as error:
        faults = [
            Fault(".".join(map(str, detail["loc"])).replace("_", "-"), _problem(detail), "see matchwright match --help")
            for detail in error.errors()
        ]
        raise SettingsError(f"The options have {len(faults)} fault(s):", faults) from None


def _problem(detail: Any) -> str:
    return str(detail["msg"]).removeprefix("Value error, ")
