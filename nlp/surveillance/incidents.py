"""From alarming bins to incidents: what lies together is one, with one beginning and one end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from nlp.surveillance.detectors.contract import Width
from nlp.surveillance.scan import Alarm
from nlp.surveillance.series import Key

WIDTHS: tuple[Width, ...] = ("10min", "hour", "day")
"""The bin widths of a watch, the finest first."""

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Incident:
    """Alarms of one product that lie together.

    Attributes
    ----------
    leader
        The series that speaks for it: all complaints where they alarm, else the category whose
        alarm is the clearest.
    onset, until
        Where the rise began, and the end of the last alarming bin, as finely as the alarms tell;
        where a category speaks for the incident, by its own alarms only.
    last
        End of the last alarming bin of any width.
    widths
        The bin widths that alarm, the finest first.
    p
        Probability by chance of the clearest alarm.
    """

    leader: Key
    onset: datetime
    until: datetime
    last: datetime
    widths: tuple[Width, ...]
    p: float

    @property
    def product(self) -> str:
        """The product that all its series are about."""
        return self.leader.product


def incidents_of(alarms: Iterable[Alarm], gap: timedelta) -> list[Incident]:
    """Join the alarms of a product that overlap or lie within `gap`; all widths and categories.

    Parameters
    ----------
    alarms
        Of any series, in any order.
    gap
        A quiet of this length or less does not end an incident.

    Returns
    -------
    list of Incident
        Oldest first.
    """
    by_product: dict[str, list[Alarm]] = {}
    for alarm in sorted(alarms, key=lambda alarm: (alarm.start, alarm.end)):
        by_product.setdefault(alarm.key.product, []).append(alarm)
    found = [incident_of(group) for own in by_product.values() for group in _groups(own, gap)]
    return sorted(found, key=lambda incident: (incident.onset, incident.product))


def incident_of(alarms: Sequence[Alarm]) -> Incident:
    """Return what alarms of one product that lie together amount to."""
    leader = min(alarms, key=lambda alarm: (alarm.key.category is not None, alarm.p)).key
    spoken = [alarm for alarm in alarms if leader.category in (None, alarm.key.category)]
    fine = finest(spoken)
    first = min(alarm.start for alarm in fine)
    seen = {alarm.width for alarm in alarms}
    return Incident(
        leader=leader,
        onset=min(_sinces(spoken, first, fine)),
        until=max(alarm.end for alarm in fine),
        last=max(alarm.end for alarm in alarms),
        widths=tuple(width for width in WIDTHS if width in seen),
        p=min(alarm.p for alarm in alarms),
    )


def finest(alarms: Sequence[Alarm]) -> tuple[Alarm, ...]:
    """Return the alarms without those in whose bin a finer one alarms too: it says more."""
    starts = {
        width: np.sort([alarm.start.timestamp() for alarm in alarms if alarm.width == width])
        for width in WIDTHS
    }

    def told_finer(alarm: Alarm) -> bool:
        span = [alarm.start.timestamp(), alarm.end.timestamp()]
        finer = WIDTHS[: WIDTHS.index(alarm.width)]
        return any(np.diff(np.searchsorted(starts[width], span))[0] > 0 for width in finer)

    return tuple(alarm for alarm in alarms if not told_finer(alarm))


def _sinces(spoken: Sequence[Alarm], first: datetime, fine: Sequence[Alarm]) -> list[datetime]:
    """Return when the rise began by the first of the finest alarms, which start at `first`.

    Where that is one of ten minutes and its hour climbs since an hour that was over before the
    window began, by that hour: windows reach back an hour at most.
    """
    own = [alarm.since for alarm in fine if alarm.start == first]
    climbing = [
        alarm.since
        for alarm in spoken
        if alarm.width == "hour"
        and alarm.start <= first < alarm.end
        and alarm.since + HOUR <= min(own)
    ]
    return own + climbing


def _groups(alarms: Sequence[Alarm], gap: timedelta) -> list[list[Alarm]]:
    groups: list[list[Alarm]] = []
    end: datetime | None = None
    for alarm in alarms:
        if end is None or alarm.start - end > gap:
            groups.append([])
            end = alarm.end
        groups[-1].append(alarm)
        end = max(end, alarm.end)
    return groups
