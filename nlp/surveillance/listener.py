"""A watch that goes on: mentions as they come, and surges at any time, without reading all again.

A bin that is over is judged once. A look costs what the bins since the last one cost, and the
bin that is still running; only what changes the past makes it be read again: a mention of a bin
that is over, a turn of a chat, the first mention of a thread that was taken for audience, a series
that reaches the minimum count (it takes its share of the false alarms), a mention that is now
older than the memory.
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from nlp.surveillance.detectors.contract import Width
from nlp.surveillance.errors import SurveillanceError
from nlp.surveillance.mention import Mention, Weight
from nlp.surveillance.scan import Scan, Scanner
from nlp.surveillance.series import Key, Ledger, Timeline, entered, keys_of, timeline
from nlp.surveillance.settings import WatchSettings
from nlp.surveillance.watch import (
    DEFAULT,
    SCANNED,
    Found,
    Judgement,
    check_times,
    judged_since,
    judgement,
    usable,
)

HOUR = timedelta(hours=1)


class Listener:
    """Hears mentions and tells surges; the same that `judge` finds in all mentions heard.

    Its state can be pickled.

    Parameters
    ----------
    settings
        Rates, minimum count, zone.

    Examples
    --------
    >>> from datetime import UTC
    >>> listener = Listener()
    >>> listener.judge(datetime(2026, 3, 1, tzinfo=UTC)).surges
    ()
    """

    __slots__ = ("_as_of", "_heard", "_past", "_settings", "_waiting")

    def __init__(self, settings: WatchSettings = DEFAULT) -> None:
        self._settings = settings
        self._heard: dict[str, Mention] = {}
        self._waiting: list[Mention] = []
        self._past: _Past | None = None
        self._as_of: datetime | None = None

    def hear(self, mentions: Iterable[Mention]) -> None:
        """Take in mentions, in any order; of several with one id the first counts."""
        for mention in mentions:
            if mention.id not in self._heard:
                self._heard[mention.id] = mention
                self._waiting.append(mention)

    def judge(self, as_of: datetime, since: datetime | None = None) -> Judgement:
        """Return what `nlp.surveillance.judge` returns of all mentions heard.

        Parameters
        ----------
        as_of
            Now, timezone-aware, not before that of the last call. Mentions later than it wait.
        since
            Only surges that alarm after this time are returned.

        Raises
        ------
        SurveillanceError
            Where a time has no zone, `since` lies after `as_of`, or `as_of` before the last one.
        """
        check_times(as_of, since)
        self._forward(as_of)
        past = self._taken_in(as_of)
        if not past.negative:
            return Judgement((), judged_since(past.known, as_of, since, self._settings))
        return judgement(past.found(as_of), as_of, since, self._settings)

    def _forward(self, as_of: datetime) -> None:
        if self._as_of is not None and as_of < self._as_of:
            raise SurveillanceError(
                f"as_of ({as_of}) lies before that of the last look ({self._as_of}); a listener "
                "goes forward only: give a later time, or use judge()",
                f"as_of（{as_of}）早于上次查看的时间（{self._as_of}）；"
                "监听器只能向前：请给出更晚的时间，或改用 judge()",
            )
        self._as_of = as_of

    def _taken_in(self, as_of: datetime) -> "_Past":
        fresh = [mention for mention in self._waiting if mention.at <= as_of]
        self._waiting = [mention for mention in self._waiting if mention.at > as_of]
        past = self._past
        if past is None or not past.goes_on(fresh, as_of):
            self._forget(as_of)
            past = _Past(usable(list(self._heard.values()), as_of, self._settings), self._settings)
            self._past = past
        else:
            past.take_in(fresh)
        return past

    def _forget(self, as_of: datetime) -> None:
        oldest = as_of - self._settings.memory
        self._heard = {name: one for name, one in self._heard.items() if one.at >= oldest}


class _Past:
    """What was heard, and how far the detector has come with it.

    Parameters
    ----------
    known
        Mentions to look at, oldest first.
    """

    __slots__ = ("_answered", "_keys", "_settings", "_totals", "_tracks", "known", "negative")

    def __init__(self, known: list[Mention], settings: WatchSettings) -> None:
        self.known = known
        self._settings = settings
        self._totals = Counter(key for mention in known for key in keys_of(mention))
        self.negative = {mention.id for mention in known if mention.negative}
        self._answered = {mention.parent_id for mention in known if not mention.negative}
        self._keys = self._counted()
        self._tracks: dict[tuple[Weight, Width], _Track] = {}

    def goes_on(self, fresh: Sequence[Mention], as_of: datetime) -> bool:
        """Return whether new mentions leave alone what is over."""
        oldest = as_of - self._settings.memory
        if not self.known or self.known[0].at < oldest:
            return False
        over = max((track.over for track in self._tracks.values()), default=self.known[0].at)
        calm = all(mention.session_id is None and mention.at >= over for mention in fresh)
        parents = {mention.id for mention in fresh if mention.negative}
        return calm and self._answered.isdisjoint(parents) and not self._new_series(fresh)

    def take_in(self, fresh: Iterable[Mention]) -> None:
        """Add mentions that leave alone what is over."""
        for mention in fresh:
            insort(self.known, mention, key=_order)
            self._totals.update(keys_of(mention))
            if mention.negative:
                self.negative.add(mention.id)
            else:
                self._answered.add(mention.parent_id)

    def found(self, as_of: datetime) -> Found:
        """Return what the detector says of all that was heard."""
        told_by = self._scans("mentions", as_of)
        weight = self._settings.weight
        return Found(
            self.known, told_by, told_by if weight == "mentions" else self._scans(weight, as_of)
        )

    def _counted(self) -> tuple[Key, ...]:
        least = self._settings.minimum_count
        return tuple(key for key, total in self._totals.items() if total >= least)

    def _new_series(self, fresh: Iterable[Mention]) -> bool:
        added = Counter(key for mention in fresh for key in keys_of(mention))
        least = self._settings.minimum_count
        return any(
            self._totals[key] < least <= self._totals[key] + count for key, count in added.items()
        )

    def _scans(self, weight: Weight, as_of: datetime) -> tuple[Scan, Scan]:
        hours, days = (self._track(weight, width).scan(as_of, self) for width in SCANNED)
        return hours, days

    def _track(self, weight: Weight, width: Width) -> "_Track":
        name = (weight, width)
        if name not in self._tracks:
            begun = timeline(self.known[0].at, self.known[0].at, self._settings.clock, width)
            ledger = entered((), self._keys, self.negative, weight)
            scanner = Scanner(self._keys, ledger.products, width, self._settings)
            self._tracks[name] = _Track(begun, scanner, weight)
        return self._tracks[name]

    def since(self, moment: datetime) -> list[Mention]:
        """Return the mentions from a moment on."""
        return self.known[bisect_left(self.known, (moment.timestamp(), ""), key=_order) :]

    def ledger_of(self, mentions: Sequence[Mention], weight: Weight) -> Ledger:
        """Enter mentions into the series."""
        return entered(mentions, self._keys, self.negative, weight)


class _Track:
    """The detector on its way over the bins of one width."""

    __slots__ = ("_edges", "_scanner", "_weight", "_width", "_zone", "over")

    def __init__(self, begun: Timeline, scanner: Scanner, weight: Weight) -> None:
        self._edges = list(begun.edges[:1])
        self._width, self._zone = begun.width, begun.zone
        self._scanner, self._weight = scanner, weight
        self.over = begun.edges[0]

    def scan(self, as_of: datetime, past: _Past) -> Scan:
        """Judge the bins that are over since the last look for good, the running one for now."""
        line = timeline(self.over, as_of, self._zone, self._width)
        ledger = past.ledger_of(past.since(self.over - HOUR), self._weight)
        if len(line.edges) > 2:
            self._scanner.advance(ledger, self._of(line.edges[:-1]))
            self._edges += line.edges[1:-1]
            self.over = line.edges[-2]
        whole = self._of((*self._edges, line.edges[-1]))
        return self._scanner.peek(ledger, self._of(line.edges[-2:]), whole)

    def _of(self, edges: Sequence[datetime]) -> Timeline:
        return Timeline(self._width, self._zone, tuple(edges))


def _order(mention: Mention) -> tuple[float, str]:
    return mention.at.timestamp(), mention.id
