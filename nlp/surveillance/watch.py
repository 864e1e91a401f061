"""The watch: mentions in, surges out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from nlp.surveillance.assemble import Evidence, assemble
from nlp.surveillance.chats import one_voice_a_chat
from nlp.surveillance.detectors.contract import Width
from nlp.surveillance.errors import SurveillanceError
from nlp.surveillance.incidents import incidents_of
from nlp.surveillance.mention import Mention, Weight
from nlp.surveillance.scan import Scan, scan
from nlp.surveillance.series import ledger_of, timeline
from nlp.surveillance.settings import WatchSettings
from nlp.surveillance.surge import Surge

DEFAULT = WatchSettings()
SCANNED: tuple[Width, ...] = ("hour", "day")
"""Ten minutes are looked at by what the hours have learned."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a watch found, and from when on it looked.

    Attributes
    ----------
    surges
        One per incident of a product, oldest first.
    since
        All that alarms after this is in `surges`. Of what lies before, nothing is said: that
        no surge is there does not mean that nothing was wrong.
    """

    surges: tuple[Surge, ...]
    since: datetime


def surveil(
    mentions: Sequence[Mention],
    *,
    as_of: datetime,
    since: datetime | None = None,
    settings: WatchSettings = DEFAULT,
) -> tuple[Surge, ...]:
    """Return the surges of negative mentions, oldest first; one per incident of a product.

    Series of negative mentions, per product and per product and complaint category, in hourly and
    in daily bins, pass through the detector `surge`, each bin judged by what lies before it; ten
    minutes to an hour that end within an hour are held against what the hourly series expects. All
    alarms of a product that overlap or lie within `settings.gap` are one surge, told from its
    beginning, also where that lies before `since`.

    Parameters
    ----------
    mentions
        In any order. Of several with one id the first counts, and a chat counts once; those later
        than `as_of` or older than `settings.memory` are not looked at. Silence counts as silence:
        a stretch without mentions is a stretch in which nobody complained.
    as_of
        Now, timezone-aware; there is no other clock.
    since
        Only surges that alarm after this time are returned; all mentions before teach. Without
        it everything is judged, except that the first `settings.learning` only teaches where the
        mentions span at least twice that.
    settings
        Rates, minimum count, zone.

    Raises
    ------
    SurveillanceError
        Where `as_of` or `since` has no zone, or `since` lies after `as_of`.
    """
    return judge(mentions, as_of=as_of, since=since, settings=settings).surges


def judge(
    mentions: Sequence[Mention],
    *,
    as_of: datetime,
    since: datetime | None = None,
    settings: WatchSettings = DEFAULT,
) -> Judgement:
    """Return the surges as `surveil` does, and the moment from which they were looked for.

    For whoever remembers earlier surges and must know which of them were looked for again. The
    moment is `since` where that is given, else the end of the learning time, else the first
    mention; where there is no mention to look at, `as_of`.

    Raises
    ------
    SurveillanceError
        As `surveil` does.
    """
    check_times(as_of, since)
    known = usable(mentions, as_of, settings)
    if not any(mention.negative for mention in known):
        return Judgement((), judged_since(known, as_of, since, settings))
    told_by = _scans(known, as_of, settings, "mentions")
    found_by = told_by if settings.weight == "mentions" else _scans(known, as_of, settings, "reach")
    return judgement(Found(known, told_by, found_by), as_of, since, settings)


@dataclass(frozen=True, slots=True)
class Found:
    """Mentions, oldest first, and what the detector said of their hours and of their days.

    `told_by` counts mentions, `found_by` as the settings say.
    """

    known: Sequence[Mention]
    told_by: tuple[Scan, Scan]
    found_by: tuple[Scan, Scan]


def judgement(
    found: Found, as_of: datetime, since: datetime | None, settings: WatchSettings
) -> Judgement:
    """Return the surges of what was found."""
    learned = learned_until(found.known, as_of, since, settings)
    told = judged_since(found.known, as_of, since, settings)
    alarms = [alarm for one in found.found_by for alarm in one.alarms if alarm.end > learned]
    evidence = Evidence(found.known, *found.told_by, as_of, settings.weight)
    incidents = incidents_of(alarms, settings.gap)
    surges = (assemble(one, evidence) for one in incidents if one.last > told)
    return Judgement(tuple(one for one in surges if enough(one, settings)), told)


def enough(surge: Surge, settings: WatchSettings) -> bool:
    """Return whether a surge has the mentions it needs: by reach, few can weigh as much as many."""
    return settings.weight == "mentions" or surge.observed >= settings.minimum_count


def usable(mentions: Sequence[Mention], as_of: datetime, settings: WatchSettings) -> list[Mention]:
    """Return the mentions to look at, oldest first: each id once, none too late or too old.

    The turns of one chat are one mention.
    """
    first: dict[str, Mention] = {}
    for mention in mentions:
        first.setdefault(mention.id, mention)
    oldest = as_of - settings.memory
    kept = [mention for mention in first.values() if oldest <= mention.at <= as_of]
    kept.sort(key=lambda mention: (mention.at.timestamp(), mention.id))
    return one_voice_a_chat(kept)


def _scans(
    known: Sequence[Mention], as_of: datetime, settings: WatchSettings, weight: Weight
) -> tuple[Scan, Scan]:
    """Return what the detector says hour by hour and day by day."""
    ledger = ledger_of(known, settings.minimum_count, weight)
    hours, days = (timeline(known[0].at, as_of, settings.clock, width) for width in SCANNED)
    return scan(ledger, hours, settings), scan(ledger, days, settings)


def learned_until(
    known: Sequence[Mention], as_of: datetime, since: datetime | None, settings: WatchSettings
) -> datetime:
    """Return when learning ends: at the first mention where the time is short or `since` given."""
    first = known[0].at if known else as_of
    at_once = since is not None or as_of - first < 2 * settings.learning
    return first if at_once else first + settings.learning


def judged_since(
    known: Sequence[Mention], as_of: datetime, since: datetime | None, settings: WatchSettings
) -> datetime:
    """Return the moment from which surges are looked for."""
    return since or learned_until(known, as_of, since, settings)


def check_times(as_of: datetime, since: datetime | None) -> None:
    """Refuse times without a zone, and a `since` after `as_of`."""
    for name, moment in (("as_of", as_of), ("since", since)):
        if moment is not None and moment.utcoffset() is None:
            raise SurveillanceError(
                f"{name} is {moment}, without a time zone; give an aware time, such as "
                "2026-03-01T09:30:00+08:00",
                f"{name} 为 {moment}，没有时区；请给出带时区的时间，如 2026-03-01T09:30:00+08:00",
            )
    if since is not None and since > as_of:
        raise SurveillanceError(
            f"since ({since}) lies after as_of ({as_of}); give an earlier one",
            f"since（{since}）晚于 as_of（{as_of}）；请给出更早的时间",
        )
