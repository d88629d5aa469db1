"""How tables are matched."""

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from matchwright.errors import Fault, SettingsError
from matchwright.frozen import Frozen

GIGABYTE = 1024**3
TableFormat = Literal["csv", "parquet", "none"]

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
    """

    reasons: Literal["review", "all"] = "review"
    join_from: Score | None = None
    link_and_dedupe: bool = False
    guard: bool = True
    memory: Annotated[int, Field(ge=GIGABYTE // 4)] = 2 * GIGABYTE
    workers: Annotated[int, Field(ge=1)] = 1
    tables: TableFormat = "csv"
    restate_prior: bool = False


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
            Fault(".".join(map(str, detail["loc"])).replace("_", "-"), detail["msg"], "see matchwright match --help")
            for detail in error.errors()
        ]
        raise SettingsError(f"The options have {len(faults)} fault(s):", faults) from None
