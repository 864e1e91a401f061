"""What a worker remembers of the products it looked at, so that it need not read them again.

A product's look has a number, counted in the database in the look's own transaction. What is
remembered holds only for the very next number: where another process looked in between, or
a person was erased, the product is read from the beginning.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from nlp.surveillance import Listener, Mention, WatchSettings
from service.alerts.incidents import Reading

MOST_MENTIONS = 100_000
"""Held over all products: about 1 kB each. A product that has more alone is read anew each time."""


@dataclass(frozen=True, slots=True)
class Known:
    """A product as it was at its last look: what was said of it, and how far it is judged."""

    number: int
    settings: WatchSettings
    listener: Listener
    mentions: dict[str, Mention] = field(default_factory=dict)

    def going_on(self, number: int, settings: WatchSettings) -> "Known":
        """Return this for a further look; judged anew where its settings are others now."""
        if settings == self.settings:
            return replace(self, number=number)
        known = Known(number, settings, Listener(settings))
        known.hear(self.mentions.values())
        return known

    def hear(self, mentions: Iterable[Mention]) -> None:
        """Take in mentions in any order; those that are known already change nothing."""
        for mention in mentions:
            self.mentions.setdefault(mention.id, mention)
            self.listener.hear((mention,))

    def reading(self, product: str) -> Reading | None:
        """Return all surges as of the last mention; None where there is none."""
        if not self.mentions:
            return None
        judged = self.listener.judge(self.as_of)
        return Reading(
            product=product,
            surges=judged.surges,
            times={mention.id: mention.at for mention in self.mentions.values()},
            judged_since=judged.since,
            gap=self.settings.gap,
        )

    @property
    def as_of(self) -> datetime:
        """When the last mention was made."""
        return max(mention.at for mention in self.mentions.values())


class WatchMemory:
    """Products by the time of their last look; the oldest are forgotten first.

    Parameters
    ----------
    most
        Mentions held over all products.
    """

    def __init__(self, most: int = MOST_MENTIONS) -> None:
        self._most = most
        self._known: OrderedDict[str, Known] = OrderedDict()

    @property
    def held(self) -> int:
        """Mentions held now."""
        return sum(len(known.mentions) for known in self._known.values())

    @property
    def products(self) -> tuple[str, ...]:
        """Products that are remembered."""
        return tuple(self._known)

    def keep_only(self, numbers: Mapping[str, int]) -> None:
        """Forget the products whose last look was another than is remembered."""
        for product in self.products:
            if numbers.get(product) != self._known[product].number:
                del self._known[product]

    def take(self, product: str, number: int, settings: WatchSettings) -> Known | None:
        """Take out what is remembered for look `number`; None where nothing holds for it."""
        known = self._known.pop(product, None)
        if known is None or known.number != number - 1:
            return None
        return known.going_on(number, settings)

    def keep(self, product: str, known: Known) -> None:
        """Remember a product whose look is committed."""
        if len(known.mentions) > self._most:
            return
        self._known[product] = known
        held = self.held
        while held > self._most:
            _, gone = self._known.popitem(last=False)
            held -= len(gone.mentions)
