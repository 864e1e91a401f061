"""How bad it is: levels I to IV by one written rule.

I 特别重大 especially major · II 重大 major · III 较大 serious · IV 一般 general, as in the plans of
China for public emergencies. Points are added up:

| what | points |
|---|---|
| severity 2 · 3 (that at least a tenth of the mentions reach, and at least two) | 1 · 3 |
| mentions above the expectation: 30 · 100 · 300 or more | 1 · 2 · 3 |
| five times the expectation or more | 1 |
| reach of all mentions together: 10,000 · 100,000 or more | 1 · 2 |
| safety or privacy in at least a fifth of the mentions | 2 |
| mentions of the last hour: 10 and twice · 30 and four times those of the hour before | 1 · 2 |

Twice as many in an hour is a doubling time of one hour, four times of half an hour. The last row
looks at the time up to now, so it counts while the incident grows and no longer: the level rises
with the wave and falls after it.

8 points make level I, 5 level II, 3 level III, fewer level IV.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from nlp.message import Message

SEVERITY_POINTS = MappingProxyType({0: 0, 1: 0, 2: 1, 3: 3})
EXCESS_STEPS = (30.0, 100.0, 300.0)
REACH_STEPS = (10_000.0, 100_000.0)
TIMES_EXPECTED = 5.0
SENSITIVE = ("safety", "privacy")
SENSITIVE_SHARE, SENSITIVE_POINTS = 0.2, 2
GROWTH_STEPS = ((10, 2.0), (30, 4.0))
HOUR = timedelta(hours=1)
LEVEL_POINTS = ((8, 1), (5, 2), (3, 3))
CALMEST = 4
LEVELS: Mapping[int, Message] = MappingProxyType(
    {
        1: Message("I, especially major", "I 级（特别重大）"),
        2: Message("II, major", "II 级（重大）"),
        3: Message("III, serious", "III 级（较大）"),
        4: Message("IV, general", "IV 级（一般）"),
    }
)


@dataclass(frozen=True, slots=True)
class Velocity:
    """How fast an incident grows: its mentions of the last hour, and of the hour before that."""

    last_hour: int = 0
    hour_before: int = 0


@dataclass(frozen=True, slots=True)
class Gravity:
    """What the level of an incident depends on.

    Attributes
    ----------
    severity
        0 to 3, see `severity_of`.
    observed, expected
        Negative mentions, and how many were expected.
    reach
        Of all mentions together.
    sensitive
        How many mentions are about safety or privacy.
    velocity
        How many came lately; none where it is not known.
    """

    severity: int
    observed: int
    expected: float
    reach: int
    sensitive: int
    velocity: Velocity = Velocity()


def severity_of(severities: Sequence[int]) -> int:
    """Return the highest severity that a tenth of the mentions, and at least two, reach.

    >>> severity_of([3, 1, 1, 1]), severity_of([3, 3, 1, 1])
    (1, 3)
    """
    needed = max(-(-len(severities) // 10), min(2, len(severities)), 1)
    reached = sorted(severities, reverse=True)[needed - 1 : needed]
    return reached[0] if reached else 0


def velocity_of(times: Iterable[datetime], as_of: datetime) -> Velocity:
    """Return how many of these moments lie in the hour up to `as_of`, and in the one before.

    Parameters
    ----------
    times
        When each mention was said; later ones than `as_of` do not count.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 5, 4, 12, tzinfo=UTC)
    >>> velocity_of([noon, noon - HOUR / 2, noon - HOUR], noon)
    Velocity(last_hour=2, hour_before=1)
    """
    ages = [as_of - at for at in times]
    last = sum(timedelta(0) <= age < HOUR for age in ages)
    return Velocity(last, sum(HOUR <= age < 2 * HOUR for age in ages))


def points_of(gravity: Gravity) -> int:
    """Return the points of the rule."""
    excess = gravity.observed - gravity.expected
    fivefold = gravity.observed >= TIMES_EXPECTED * gravity.expected
    sensitive = gravity.sensitive >= SENSITIVE_SHARE * gravity.observed > 0
    return (
        SEVERITY_POINTS[gravity.severity]
        + _steps(excess, EXCESS_STEPS)
        + int(fivefold)
        + _steps(gravity.reach, REACH_STEPS)
        + SENSITIVE_POINTS * int(sensitive)
        + _growth(gravity.velocity)
    )


def level_of(gravity: Gravity) -> int:
    """Return the level, 1 (the worst) to 4."""
    points = points_of(gravity)
    return next((level for least, level in LEVEL_POINTS if points >= least), CALMEST)


def _steps(value: float, steps: Iterable[float]) -> int:
    return sum(value >= step for step in steps)


def _growth(velocity: Velocity) -> int:
    last, before = velocity.last_hour, velocity.hour_before
    return sum(last >= least and last >= times * before for least, times in GROWTH_STEPS)
