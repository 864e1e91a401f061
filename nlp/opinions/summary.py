"""The opinion summary: signals in, one row per product and aspect out, in one pass."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from nlp.opinions.aspects import Lexicon
from nlp.opinions.aspects_file import load_lexicon
from nlp.opinions.gathering import Gathering
from nlp.opinions.matching import Matcher
from nlp.opinions.mentions import Opinion, opinions_of
from nlp.opinions.rows import Row, row_of
from nlp.opinions.settings import OpinionSettings
from nlp.opinions.table import AspectSummary, Place, Scope, summed

DEFAULT = OpinionSettings()
ALL = None


class Summariser:
    """Takes rows of the signals table one by one, and tells the summary when asked.

    Memory grows with products times aspects, not with rows.

    Parameters
    ----------
    lexicon
        The aspects known by name; the shipped ones when None.
    settings
        How to count and to quote.
    """

    def __init__(self, lexicon: Lexicon | None = None, settings: OpinionSettings = DEFAULT) -> None:
        self._matcher = Matcher(lexicon or load_lexicon())
        self._settings = settings
        self._gathered: dict[str | None, Gathering] = {ALL: Gathering(settings)}
        self._until: datetime | None = settings.as_of
        self.rows = self.silent = self.later = self.others = 0

    def add(self, row: Mapping[str, Any], number: int | None = None) -> tuple[Opinion, ...]:
        """Count one row in and return what it judges.

        Raises
        ------
        OpinionRowError
            The row breaks the contract; it is not counted.
        """
        told = row_of(row, self._matcher, number or self.rows + 1)
        self.rows += 1
        if told is None:
            self.others += 1
            return ()
        if self._is_later(told):
            self.later += 1
            return ()
        opinions = opinions_of(told, self._matcher)
        self.silent += not opinions
        for opinion in opinions:
            self._count(told, opinion)
        return opinions

    def summary(self) -> tuple[AspectSummary, ...]:
        """Return the aspects of all products together, then product by product.

        The product with most mentions comes first, of a product the aspect with most mentions.
        """
        ordered = sorted(
            self._gathered.items(), key=lambda item: (item[0] is not ALL, -item[1].mentions)
        )
        return tuple(one for item in ordered for one in self._told(*item))

    @property
    def as_of(self) -> datetime | None:
        """Until when, as the settings have it."""
        return self._settings.as_of

    def _told(self, product: str | None, gathering: Gathering) -> Iterator[AspectSummary]:
        scope: Scope = "all" if product is ALL else "product"
        place = Place(scope, product or "", gathering.weight, self._until)
        for key, tally in gathering.ranked():
            aspect = gathering.aspects.get(key)
            zh = aspect.zh if aspect else None
            yield summed(place, key, zh, tally, self._settings.quotes)

    def _is_later(self, row: Row) -> bool:
        as_of = self._settings.as_of
        if as_of is not None:
            return row.at is not None and row.at > as_of
        if row.at is not None:
            self._until = row.at if self._until is None else max(self._until, row.at)
        return False

    def _count(self, row: Row, opinion: Opinion) -> None:
        weight = 1.0 + row.likes if self._settings.weight == "likes" else 1.0
        for product in (ALL, row.product):
            gathering = self._gathered.get(product)
            if gathering is None:
                gathering = self._gathered[product] = Gathering(self._settings)
            gathering.add(row, opinion, weight)


def summary(
    rows: Iterable[Mapping[str, Any]],
    *,
    lexicon: Lexicon | None = None,
    settings: OpinionSettings = DEFAULT,
) -> tuple[AspectSummary, ...]:
    """Return what rows of the signals table say, aspect by aspect, per product and over all.

    Spam and what staff say is left out. Rows are read once, as they come.

    Parameters
    ----------
    rows
        Rows of the signals table; `created_at`, `product`, `industry`, `likes` may be absent.
    lexicon
        The aspects known by name; the shipped ones when None.
    settings
        How to count and to quote.

    Raises
    ------
    OpinionRowError
        A row has no id, or a value that its column cannot have.

    Examples
    --------
    >>> said = {"id": "r1", "masked_text": "屏幕很好，客服太差", "targets": [
    ...     {"span": "屏幕", "polarity": "positive"}, {"span": "客服", "polarity": "negative"}]}
    >>> [(one.zh, one.net) for one in summary([said]) if one.scope == "all"]
    [('屏幕', 1.0), ('服务', -1.0)]
    """
    summariser = Summariser(lexicon, settings)
    for row in rows:
        summariser.add(row)
    return summariser.summary()
