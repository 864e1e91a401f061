"""Which silences cover an alert now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class AlertLabels:
    """What a silence can tell an alert by; product is "" where none is named, level 1 to 4."""

    product: str
    category: str | None
    level: int


@dataclass(frozen=True, slots=True)
class Matchers:
    """What must hold of an alert, all of it; None holds of every one.

    Attributes
    ----------
    product
        Exactly this name.
    product_glob
        A pattern of the whole name: `*` any text, `?` one letter, `[…]` one of these.
    category
        The category that the alert is mainly about.
    level
        At least this grave, 1 the gravest.
    """

    product: str | None = None
    product_glob: str | None = None
    category: str | None = None
    level: int | None = None

    def match(self, alert: AlertLabels) -> bool:
        """Return whether all of it holds of an alert."""
        return (
            self.product in (None, alert.product)
            and (self.product_glob is None or fnmatchcase(alert.product, self.product_glob))
            and self.category in (None, alert.category)
            and (self.level is None or alert.level <= self.level)
        )


@dataclass(frozen=True, slots=True)
class SilenceSpan:
    """One silence: its matchers, and from when (included) to when (not included) it holds."""

    id: str
    matchers: Matchers
    starts_at: datetime
    ends_at: datetime


def silenced_by(
    alert: AlertLabels, silences: Iterable[SilenceSpan], now: datetime
) -> tuple[str, ...]:
    """Return the ids of the silences that cover an alert at `now`, in their order.

    An alert that one covers is recorded and counted as ever, and must tell nobody.

    >>> from datetime import UTC
    >>> nine, ten = (datetime(2026, 5, 4, hour, tzinfo=UTC) for hour in (9, 10))
    >>> kettles = SilenceSpan("s-1", Matchers(product_glob="*壶"), nine, ten)
    >>> silenced_by(AlertLabels("养生壶", "quality", 3), [kettles], nine)
    ('s-1',)
    >>> silenced_by(AlertLabels("养生壶", "quality", 3), [kettles], ten)
    ()
    """
    return tuple(
        silence.id
        for silence in silences
        if silence.starts_at <= now < silence.ends_at and silence.matchers.match(alert)
    )
