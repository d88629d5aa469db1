"""Names of persons and places, common ones first, with how often each occurs.

The most common names and their shares are those of Faker (MIT), whose source is the census of the United States. They
are less than half of all surnames there, so a long tail follows: names that are put together from syllables. Their
shares fall with their rank, as those of real surnames do. All places and streets are put together too.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from matchwright.synthesis.draws import Draws, Values, Whole

COMMON_SURNAMES = 0.45
"""The share of persons with one of the thousand most common surnames: about 0.4 in the census of 2010."""
RARE_SURNAMES = 120_000
COMMON_GIVEN_NAMES = 0.93
RARE_GIVEN_NAMES = 4_000
PLACES, POSTCODES, STREETS = 8_000, 2_500, 6_000
STATES = ("nsw", "vic", "qld", "wa", "sa", "tas", "act", "nt")
"""The states, and in STATE_SHARES how many people live in each: about the shares in Australia, as in FEBRL."""
STATE_SHARES = (0.31, 0.26, 0.2, 0.11, 0.07, 0.02, 0.02, 0.01)

_FIXED = Draws(0)  # the lists are the same for every seed
_ONSETS = ("b", "br", "c", "ch", "cl", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "pr",
           "r", "s", "sh", "st", "t", "th", "tr", "v", "w", "y", "z")  # fmt: skip
_VOWELS = ("a", "e", "i", "o", "u", "a", "e", "i", "o", "ai", "ea", "ee", "oo", "ou")
_MIDDLES = ("b", "ck", "d", "g", "k", "l", "ld", "ll", "lm", "m", "n", "nd", "ng", "nn", "nt", "p", "r", "rd", "rl",
            "rn", "rr", "rt", "s", "ss", "st", "t", "tt", "v", "z")  # fmt: skip
_SURNAME_ENDS = ("", "", "", "n", "r", "son", "man", "ley", "ton", "well", "ski", "z", "ford", "ni", "berg")
_GIVEN_ENDS = ("", "", "n", "s", "lle", "na", "ra", "th")
_PLACE_ENDS = ("ton", "ville", "ford", "field", "dale", " park", " creek", " heights", "burg", " bay", "wood", " vale")
_STREET_ENDS = ("", "", "", "n", "ton", "wood", "dale", "field", "more", "hill", "lea")
STREET_KINDS = {"street": "st", "road": "rd", "avenue": "ave", "place": "pl", "crescent": "cres", "close": "cl",
                "drive": "dr", "court": "ct", "lane": "ln", "circuit": "cct"}  # fmt: skip
BUILDINGS = ("rosewood", "hillview", "the gables", "brookside", "willow", "lakeside", "greenbank", "fairview")


@dataclass(frozen=True)
class WordList:
    """Words, and the share of all draws that fall on each word or one before it."""

    words: Values
    cumulated: Values

    @classmethod
    def of(cls, words: list[str], shares: Values) -> "WordList":
        """Words with their shares, which need not add up to 1."""
        cumulated = np.cumsum(shares)
        return cls(np.array(words, dtype=object), cumulated / cumulated[-1])

    def drawn(self, uniform: Values) -> Whole:
        """The positions of the words on which numbers from 0 to 1 fall."""
        return np.searchsorted(self.cumulated, uniform, side="right").clip(max=len(self.words) - 1)


@dataclass(frozen=True)
class WordLists:
    """All lists: given names of women and of men; for each place its state, postcode and number of streets."""

    surnames: WordList
    given_names: tuple[WordList, WordList]
    places: WordList
    streets: WordList
    place_state: Whole
    place_postcode: Values
    place_streets: Whole


@cache
def word_lists() -> WordLists:
    """The lists. They take about a second to make, once in a process."""
    from faker.providers.person.en_US import Provider

    surnames = _list_of_names(dict(Provider.last_names), COMMON_SURNAMES, RARE_SURNAMES, _SURNAME_ENDS, "surname")
    female, male = (
        _list_of_names(dict(names), COMMON_GIVEN_NAMES, RARE_GIVEN_NAMES, _GIVEN_ENDS, f"given name {sex}")
        for sex, names in (("f", Provider.first_names_female), ("m", Provider.first_names_male))
    )
    sizes = 1 / (np.arange(PLACES) + 20)
    places = WordList.of(_made_up("place", PLACES, _PLACE_ENDS, set()), sizes)
    stems = _made_up("street", STREETS, _STREET_ENDS, set())
    kinds = _FIXED.below("kind of street", len(STREET_KINDS), np.arange(STREETS))
    named = [f"{stem} {tuple(STREET_KINDS)[kind]}" for stem, kind in zip(stems, kinds, strict=True)]
    streets = WordList.of(named, 1 / (np.arange(STREETS) + 10))
    state, postcode = _regions()
    return WordLists(
        surnames, (female, male), places, streets, state, postcode, np.maximum(80_000 * sizes / sizes.sum(), 5)
    )


def _regions() -> tuple[Whole, Values]:
    """The state and the postcode of each place. Some places share one. Its first digit is the state's."""
    state_of_code = np.searchsorted(np.cumsum(STATE_SHARES), _FIXED.uniform("state", np.arange(POSTCODES)))
    code = _FIXED.below("postcode", POSTCODES, np.arange(PLACES))
    texts = [f"{state_of_code[n] + 1}{n % 1000:03d}" for n in range(POSTCODES)]
    return state_of_code[code], np.array(texts, dtype=object)[code]


def _list_of_names(common: dict[str, float], share: float, rare: int, ends: tuple[str, ...], purpose: str) -> WordList:
    heads = {name.lower(): float(weight) for name, weight in common.items()}
    tails = _made_up(purpose, rare, ends, set(heads))
    first, rest = np.array(list(heads.values())), 1 / (np.arange(len(tails)) + len(heads))
    return WordList.of([*heads, *tails], np.concatenate([first / first.sum() * share, rest / rest.sum() * (1 - share)]))


def _made_up(purpose: str, count: int, ends: tuple[str, ...], taken: set[str]) -> list[str]:
    """Different names of two or three syllables."""
    made: dict[str, None] = {}
    begin = 0
    while len(made) < count:
        numbers = np.arange(begin, begin + 2 * count)
        begin += 2 * count
        parts = [
            np.array(choices, dtype=object)[_FIXED.below(f"{purpose} {part}", len(choices), numbers)]
            for part, choices in enumerate((_ONSETS, _VOWELS, _MIDDLES, _VOWELS, ends))
        ]
        made.update(dict.fromkeys(name for name in map("".join, zip(*parts, strict=True)) if name not in taken))
    return list(made)[:count]
