"""What comes next: how many negative mentions the next hours bring, with an interval.

Two parts are added: the baseline, matched to the hours to come, and the excess, which is the
present excess rate times a decay. The decay is a power law: of the age of the surge, and of the
ratios of the rates of the last half hour, two hours and day. Only ratios enter, so that twice as
many mentions are forecast to bring twice as many, whatever the size of the brand: a regression on
the counts themselves forecast more exactly in the cascades that taught it, because it learned how
large those are. The count is negative binomial; its size grows with the mean.

The constants were fitted by maximum likelihood on half of the 3,387 repost cascades of the CED
rumour set, which the benchmark `bench_forecast` repeats, and measures on the other half.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom, poisson

from nlp.surveillance.detectors.baseline import PRIOR_DISPERSION
from nlp.surveillance.mention import Mention
from nlp.surveillance.story.usual import Usual

COVERED = 0.8
HALF_LIVES = (0.5, 2.0)
LONGEST_LOOK = 24.0
UNSEEN = 0.05
"""Mentions per hour that are added to every rate: silence is no proof that nothing comes."""
YOUNGEST, OLDEST = 1.0, 72.0
"""Ages in hours between which the decay was learned; others count as the nearer one."""

Times = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Decay:
    """The learned constants of one horizon.

    Attributes
    ----------
    level, middle, day, age
        Of the log mean: constant; exponents of the two-hour and the day's rate over the latest
        rate; exponent of age + 1 hours.
    size, size_by_mean
        The log of the negative-binomial size is `size + size_by_mean * log(mean)`.
    tail
        Probability left out on either side so that 80 % of the cascades learned from lie inside.
    """

    level: float
    middle: float
    day: float
    age: float
    size: float
    size_by_mean: float
    tail: float


DECAYS: Mapping[int, Decay] = MappingProxyType(
    {
        2: Decay(-1.130, -0.391, 0.345, 0.336, -1.167, 0.420, 0.164),
        24: Decay(-2.452, 0.644, 0.188, 0.525, -1.952, 0.397, 0.130),
    }
)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the next hours bring.

    Attributes
    ----------
    hours
        2 or 24.
    since, until
        From `as_of` on.
    median
        As likely exceeded as not.
    low, high
        80 % of such counts lie from `low` to `high`, both included.
    usual
        How many of them the baseline would bring; None where there is no baseline, and then it is
        taken for 0.
    ids
        The mentions that it is forecast from: those of the surge's product of the last 24 hours.
    """

    hours: int
    since: datetime
    until: datetime
    median: int
    low: int
    high: int
    usual: float | None
    ids: tuple[str, ...]


def forecasts_of(
    mentions: Sequence[Mention], onset: datetime, as_of: datetime, usual: Usual | None
) -> tuple[Forecast, ...]:
    """Return the forecasts of the next 2 and 24 hours.

    Parameters
    ----------
    mentions
        The negative mentions of the product; those between `onset` and `as_of` count.
    onset, as_of
        Where the surge began, and now.
    usual
        The baseline of the product; None where there is none.
    """
    age = (as_of - onset) / timedelta(hours=1)
    own = [mention for mention in mentions if onset <= mention.at <= as_of]
    recent = [m.id for m in own if as_of - m.at <= timedelta(hours=LONGEST_LOOK)]
    lags = np.array([(as_of - mention.at) / timedelta(hours=1) for mention in own])
    excess = np.maximum(rates(lags, age) - _usual_rates(usual, as_of, age), 0.0)
    return tuple(
        _forecast(hours, excess, age, as_of, usual, tuple(recent)) for hours in sorted(DECAYS)
    )


def rates(lags: Times, age: float) -> Times:
    """Return the present rate per hour, shape (3,): half-lives of 0.5 h and 2 h, and of a day.

    Parameters
    ----------
    lags
        How many hours ago each mention was said, 0 to `age`.
    age
        Hours since the onset; less than a quarter of an hour counts as that.
    """
    span = max(age, 0.25)
    fading = [
        float(np.exp2(-lags / half).sum()) * np.log(2.0) / half / (1.0 - 2.0 ** (-span / half))
        for half in HALF_LIVES
    ]
    day = float((lags <= LONGEST_LOOK).sum()) / min(span, LONGEST_LOOK)
    return np.array([*fading, day])


def mean_excess(excess: Times, age: float, hours: int, decay: Decay) -> float:
    """Return how many mentions above the baseline the next hours bring on average.

    Parameters
    ----------
    excess
        Rates per hour above the baseline, shape (3,), as `rates` orders them.
    age
        Hours since the onset.
    """
    latest, middle, day = np.log(excess + UNSEEN)
    known = min(max(age, YOUNGEST), OLDEST)
    told = decay.level + decay.middle * (middle - latest) + decay.day * (day - latest)
    return float(hours * np.exp(latest + told + decay.age * np.log(known + 1.0)))


def interval(excess: float, usual: float, decay: Decay) -> tuple[int, int, int]:
    """Return low, median and high of a count with a mean of `excess` + `usual`.

    The variances add up: of the baseline 1.8 times its mean, of the excess as its decay tells.
    """
    mean = excess + usual
    size = np.exp(decay.size + decay.size_by_mean * np.log(excess))
    variance = excess + excess**2 / size + PRIOR_DISPERSION * usual
    levels = (decay.tail, 0.5, 1.0 - decay.tail)
    if variance <= mean * (1.0 + 1e-9):
        found = np.asarray(poisson.ppf(levels, mean))
    else:
        whole = mean**2 / (variance - mean)
        found = np.asarray(nbinom.ppf(levels, whole, whole / (whole + mean)))
    low, median, high = map(int, found.tolist())
    return low, median, high


def _usual_rates(usual: Usual | None, as_of: datetime, age: float) -> Times:
    if usual is None:
        return np.zeros(3)
    spans = (HALF_LIVES[0], HALF_LIVES[1], LONGEST_LOOK)
    looks = [min(max(age, 0.25), span) for span in spans]
    return np.array([usual.expected(as_of - timedelta(hours=h), as_of) / h for h in looks])


def _forecast(
    hours: int,
    excess: Times,
    age: float,
    as_of: datetime,
    usual: Usual | None,
    recent: tuple[str, ...],
) -> Forecast:
    decay, until = DECAYS[hours], as_of + timedelta(hours=hours)
    ordinary = None if usual is None else usual.expected(as_of, until)
    more = mean_excess(excess, age, hours, decay)
    low, median, high = interval(more, ordinary or 0.0, decay)
    return Forecast(hours, as_of, until, median, low, high, ordinary, recent)
