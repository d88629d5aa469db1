"""What the fields of persons have to do with each other. A textbook takes each as an independent witness."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from matchwright.core.compare.names import CONTEXT, RECORD, disagreement_limits, field_of
from matchwright.core.models.scorer import Array
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import IN_ANOTHER_WAY
from matchwright.frozen import Frozen

FOUND_IN_ANOTHER_WAY = 0.92
"""From this similarity on, a short form, or a name among swapped ones, is the same value after all."""
JARO_WINKLER = "__jaro_winkler"
ANOTHER_NAME = 0.75
"""Short names that are clearly others share letters, such as Klaus and Lukas. A typing error leaves more of them."""
DOUBTFUL = 0.25
"""Log-odds of doubtful pairs that would be higher lie between so much below ``held``, and ``held``."""
FEWEST_DOUBTFUL = 20
HOUSEHOLD_SHARE = 0.2
"""Where households are, at least so many pairs differ in all individual fields, for each that differs in some."""
Mask = np.ndarray[Any, np.dtype[np.bool_]]


class Household(Frozen):
    """The rules about members of a household, and about persons who have moved.

    Members of a household agree in all of their address, and a person who has moved disagrees in all of it. These rules
    keep either from counting as often as the address has fields:

    - Where the ``individual`` fields, which members of one household do not share, are against a match and none of
      them is for one, no other field is for one.
    - A pair is doubtful where one individual field clearly disagrees, or none is for a match: these may be twins, or a
      father and a son of one name. Its log-odds stay below ``held``, whatever else agrees.
    - What fields outside ``identity`` say against a match counts once: as much as the one that says most.

    Args:
        identity: the fields that tell persons apart.
        individual: those of them that members of one household do not share.
        limits: the first comparison of each individual field, with the value below which it clearly disagrees.
            No pair is doubtful without them.
        held: the log-odds that no doubtful pair reaches.
    """

    identity: tuple[str, ...]
    individual: tuple[str, ...] = ()
    limits: dict[str, float] = {}
    held: float = 0.0

    @classmethod
    def of(cls, spec: MatchSpec) -> "Household | None":
        """Of the records of a spec; None where it names no identity, because they are not of persons."""
        if not spec.identity:
            return None
        limits = {
            name: max(limit, ANOTHER_NAME) if name.endswith(JARO_WINKLER) else limit
            for name, limit in disagreement_limits(spec).items()
            if field_of(name) in spec.individual
        }
        return cls(identity=spec.identity, individual=spec.individual, limits=limits)

    def read(self, added: Array, values: Array, names: Sequence[str], base: float = 0.0) -> Array:
        """What comparisons add to the log-odds under these rules, shape (pairs, comparisons).

        More agreement never adds less, and blanking a value never adds more than the rules without it would.

        Args:
            added: what each would add alone.
            values: the comparisons, NaN where one is missing.
            names: of the comparisons.
            base: the log-odds of a pair of which nothing is known.
        """
        fields = [field_of(name) for name in names]
        doubtful = self.doubtful(added, values, names)
        of_person = added[:, [field in self.individual for field in fields]]
        against = np.asarray((of_person < 0).any(axis=1) & ~(of_person > 0).any(axis=1))
        added = np.where(against[:, None], np.minimum(added, 0.0), added)
        return _held_below(self._once(added, fields), doubtful, base - self.held)

    def doubtful(self, added: Array, values: Array, names: Sequence[str]) -> Mask:
        """Whether an individual field clearly disagrees, or none of them is for a match, shape (pairs,)."""
        clearly, agrees = np.zeros(len(added), dtype=np.bool), np.zeros(len(added), dtype=np.bool)
        at = {name: index for index, name in enumerate(names)}
        known = [name for name in self.limits if name in at]
        if not known:
            return clearly
        for name in known:
            own = [index for other, index in at.items() if field_of(other) == field_of(name)]
            ways = [index for index in own if names[index].partition("__")[2] in IN_ANOTHER_WAY]
            found = (values[:, ways] >= FOUND_IN_ANOTHER_WAY).any(axis=1)
            differs = (values[:, at[name]] < self.limits[name]) & ~found
            clearly |= differs
            agrees |= ~differs & (added[:, own].sum(axis=1) > 0)
        return clearly | ~agrees

    def found_in(self, values: Array, names: Sequence[str], limits: Mapping[str, float]) -> "Household":
        """The rules for these candidates: no pair is doubtful where the tables hold no households.

        Members of a household share an address, and nearly all of them differ in all individual fields. Where hardly
        any pair does, those that differ in one of them are not twins: the field is wrong.

        Args:
            values: comparisons of the candidates, shape (pairs, comparisons), NaN where one is missing.
            names: of the comparisons.
            limits: of the first comparison of every field, the value below which it disagrees.
        """
        at = {name: index for index, name in enumerate(names)}
        own = [at[name] for name in self.limits if name in at]
        shared = [at[name] for name in limits if name in at and name not in self.limits]
        if not own or not shared:
            return self
        least = np.array([limits[names[index]] for index in shared])
        together = ~(values[:, shared] < least).any(axis=1) & (~np.isnan(values[:, shared])).any(axis=1)
        known = values[together][:, own]
        known = known[~np.isnan(known).any(axis=1)]
        differs = known < np.array([self.limits[names[index]] for index in own])
        every, some = int(differs.all(axis=1).sum()), int((differs.any(axis=1) & ~differs.all(axis=1)).sum())
        none_live_together = some >= FEWEST_DOUBTFUL and every < HOUSEHOLD_SHARE * some
        return self.model_copy(update={"limits": {}}) if none_live_together else self

    def _once(self, added: Array, fields: Sequence[str]) -> Array:
        others = sorted({*fields} - {*self.identity, RECORD, CONTEXT})
        if not others:
            return added
        negative = np.minimum(added, 0.0)
        of_field = [negative[:, [field == other for field in fields]].sum(axis=1) for other in others]
        total, most = np.sum(of_field, axis=0), np.min(of_field, axis=0)
        once = np.divide(most, total, out=np.ones(len(added)), where=total < 0)
        scaled = np.array([field in others for field in fields]) & (added < 0)
        return np.where(scaled, added * once[:, None], added)


def _held_below(added: Array, doubtful: Mask, base: float) -> Array:
    """Totals of doubtful pairs above ``-DOUBTFUL`` approach 0 from there. What is for a match is scaled down."""
    total = added.sum(axis=1) + base
    excess = np.maximum(total + DOUBTFUL, 0.0)
    held = np.where(excess > 0, -DOUBTFUL / (1 + excess / DOUBTFUL), total)
    positive = np.maximum(added, 0.0).sum(axis=1)
    rest = total - positive
    share = np.divide(np.maximum(held - rest, 0.0), positive, out=np.ones(len(added)), where=positive > 0)
    share = np.where(doubtful, np.minimum(share, 1.0), 1.0)
    return np.where(added > 0, added * share[:, None], added)
