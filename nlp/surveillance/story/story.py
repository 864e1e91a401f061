"""The story of a surge: what it is about, who drives it, where, how fast, and what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from typing import Any

from nlp.surveillance.errors import SurveillanceError
from nlp.surveillance.mention import Mention
from nlp.surveillance.settings import WatchSettings
from nlp.surveillance.story.clusters import Cluster, clusters_of
from nlp.surveillance.story.drilldown import Drilldown, drill_down
from nlp.surveillance.story.drivers import Drivers, drivers_of
from nlp.surveillance.story.forecast import Forecast, forecasts_of
from nlp.surveillance.story.growth import Growth, growth_of
from nlp.surveillance.story.phrases import Phrase, phrases_of
from nlp.surveillance.story.timeline import Stretch, timeline_of
from nlp.surveillance.story.usual import Matching, Usual, usual_before
from nlp.surveillance.surge import Surge
from nlp.surveillance.watch import usable

DEFAULT = WatchSettings()


@dataclass(frozen=True, slots=True)
class History:
    """What the surge is compared with: negative mentions before it, how they are matched."""

    since: datetime
    until: datetime
    matching: Matching
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """What can be told of a surge from the mentions that are there; what cannot is None or empty.

    Attributes
    ----------
    fingerprint
        Of the surge.
    as_of
        Nothing later is known.
    told
        How many mentions of the surge are there to tell of it.
    missing_ids
        Mentions that prove the surge and are not there.
    history
        The baseline; None where nothing, or less than six hours, lies before the onset.
    timeline
        The surge in stretches of time.
    clusters, phrases
        What is said again and again; what is said more than before.
    drilldown
        Where it happens; None where no mention of the surge is there.
    drivers
        Who is behind it; None likewise.
    growth
        How fast it rose; None where too few mentions tell.
    forecasts
        The next 2 and 24 hours; empty where no mention of the surge is there.
    """

    fingerprint: str
    as_of: datetime
    told: int
    missing_ids: tuple[str, ...]
    history: History | None
    timeline: tuple[Stretch, ...]
    clusters: tuple[Cluster, ...]
    phrases: tuple[Phrase, ...]
    drilldown: Drilldown | None
    drivers: Drivers | None
    growth: Growth | None
    forecasts: tuple[Forecast, ...]

    def as_row(self) -> dict[str, Any]:
        """Return the fields as plain lists, dicts and scalars, times in ISO form, for JSON."""
        row: dict[str, Any] = _plain(self)
        return row


def tell(
    surge: Surge,
    mentions: Sequence[Mention],
    *,
    as_of: datetime,
    settings: WatchSettings = DEFAULT,
) -> Story:
    """Return the story of a surge.

    Parameters
    ----------
    surge
        As the watch found it.
    mentions
        Of all products, in any order, as the watch was given them. Those of the surge that are
        not among them, or lie after `as_of`, are told as missing.
    as_of
        Now, timezone-aware.
    settings
        Of the watch: its memory.

    Raises
    ------
    SurveillanceError
        Where `as_of` has no zone.
    """
    if as_of.utcoffset() is None:
        raise SurveillanceError(
            f"as_of is {as_of}, without a time zone; give an aware time",
            f"as_of 为 {as_of}，没有时区；请给出带时区的时间",
        )
    known = usable(mentions, as_of, settings)
    by_id = {mention.id: mention for mention in known}
    proof = sorted(
        (by_id[one] for one in dict.fromkeys(surge.ids) if one in by_id),
        key=lambda mention: (mention.at, mention.id),
    )
    missing = tuple(one for one in surge.ids if one not in by_id)
    if not proof:
        return Story(surge.fingerprint, as_of, 0, missing, None, (), (), (), None, None, None, ())
    return _told(surge, known, proof, missing, as_of)


def _told(
    surge: Surge,
    known: Sequence[Mention],
    proof: Sequence[Mention],
    missing: tuple[str, ...],
    as_of: datetime,
) -> Story:
    own = [mention for mention in known if mention.product == surge.product]
    onset, end = surge.onset, min(surge.until, as_of)
    usual = usual_before(_counted(surge, own), onset)
    ordinary = () if usual is None else usual.mentions
    inside = [mention for mention in own if mention.at >= onset]
    return Story(
        fingerprint=surge.fingerprint,
        as_of=as_of,
        told=len(proof),
        missing_ids=missing,
        history=_history(usual),
        timeline=timeline_of(proof, end, usual),
        clusters=clusters_of(proof),
        phrases=phrases_of(proof, ordinary),
        drilldown=drill_down(known, usual_before(known, onset), onset, max(end, proof[-1].at)),
        drivers=drivers_of(proof, inside),
        growth=growth_of(proof),
        forecasts=forecasts_of([m for m in own if m.negative], onset, as_of, usual),
    )


def _counted(surge: Surge, own: Sequence[Mention]) -> list[Mention]:
    """Return the mentions of the product without the complaints that the surge does not count.

    A surge that only a category raised counts that category alone: some negative mention of its
    time, about something else, does not prove it.
    """
    ids, category = set(surge.ids), surge.category
    others = [
        m for m in own if m.negative and surge.onset <= m.at < surge.until and m.id not in ids
    ]
    if category is None or not others or any(category in m.complaint for m in others):
        return list(own)
    return [m for m in own if not m.negative or category in m.complaint]


def _history(usual: Usual | None) -> History | None:
    if usual is None:
        return None
    ids = tuple(mention.id for mention in usual.mentions)
    return History(usual.since, usual.until, usual.matching, ids)


def _plain(value: Any) -> Any:  # noqa: ANN401 - any field of a story
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
