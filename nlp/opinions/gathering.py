"""The aspects of one product while the rows stream by, as many as memory may hold."""

from collections.abc import Iterator

from nlp.opinions.aspects import Aspect
from nlp.opinions.grouping import near_key
from nlp.opinions.mentions import Opinion
from nlp.opinions.rows import Row
from nlp.opinions.settings import OpinionSettings
from nlp.opinions.tally import Tally

Key = tuple[bool, str]  # whether a lexicon names it, and its name
OTHER: Key = (True, "other")


class Gathering:
    """Tallies by aspect; of the groups that no lexicon names only the most frequent.

    Where a new group finds no room, the rarest one goes into `OTHER`: the counts of what is kept
    may miss mentions that went there earlier, the sum of all misses none.
    """

    __slots__ = ("_settings", "_tallies", "_unnamed", "aspects", "weight")

    def __init__(self, settings: OpinionSettings) -> None:
        self._settings = settings
        self._tallies: dict[Key, Tally] = {}
        self._unnamed: dict[str, None] = {}
        self.aspects: dict[Key, Aspect] = {}
        self.weight = 0.0

    @property
    def mentions(self) -> int:
        """How many mentions of any aspect were counted."""
        return sum(tally.mentions for tally in self._tallies.values())

    def add(self, row: Row, opinion: Opinion, weight: float) -> None:
        """Count what a row says of one aspect."""
        tally = self._tally(self._key(opinion))
        tally.add(row, opinion, weight, self._settings.quote_length)
        self.weight += weight

    def ranked(self) -> Iterator[tuple[Key, Tally]]:
        """Yield the aspects, the most mentioned first, what is left over last."""
        yield from sorted(
            self._tallies.items(),
            key=lambda item: (item[0] == OTHER, -item[1].mentions, item[0]),
        )

    def _key(self, opinion: Opinion) -> Key:
        if opinion.aspect is not None:
            self.aspects[True, opinion.group] = opinion.aspect
            return True, opinion.group
        group = opinion.group
        if group not in self._unnamed:
            group = near_key(group, self._unnamed) or group
        if group not in self._unnamed:
            self._make_room()
            self._unnamed[group] = None
        return False, group

    def _tally(self, key: Key) -> Tally:
        if key not in self._tallies:
            self._tallies[key] = Tally(self._settings.recent_days)
        return self._tallies[key]

    def _make_room(self) -> None:
        if len(self._unnamed) < self._settings.unknown_groups:
            return
        rarest = min(self._unnamed, key=lambda name: self._tallies[False, name].mentions)
        del self._unnamed[rarest]
        self._tally(OTHER).update(self._tallies.pop((False, rarest)))
