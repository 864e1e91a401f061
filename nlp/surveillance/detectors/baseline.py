"""What is normal: level, calendar profile and dispersion of count series, learned online.

A discounted Poisson-gamma model (West and Harrison, Bayesian Forecasting and Dynamic Models,
2nd ed., chapter 14) with multiplicative calendar factors. Every quantity is a plain sum that
fades, so one more bin costs constant time.
"""

from collections.abc import Sequence
from math import prod
from typing import Generic, NamedTuple

from nlp.surveillance.detectors.arithmetic import Arithmetic, Values
from nlp.surveillance.detectors.cadence import Cadence
from nlp.surveillance.detectors.profile import Profile, fading
from nlp.surveillance.detectors.yearly import Yearly

PRIOR_DISPERSION = 1.8
PRIOR_DISPERSION_COUNTS = 20.0
LEAST_DISPERSION = 1.02
DRIFT, SHORTEST = 0.008, 4.0
"""Of the level, where a season is known: its relative drift in a bin, and its shortest memory."""
LEAST_SEEN = 0.05
GROWN = 0.001
"""Youth, 1 at first and half after half the level's memory, that is none any more."""
OUTLIER = 2.58
"""Residual beyond which a bin loses weight: Noufaily et al. 2013, Stat Med 32:1206."""


class Expected(NamedTuple, Generic[Values]):
    """What a bin should hold: its mean, its dispersion (1 is Poisson), and the doubt of the mean.

    `doubt` is the variance of the mean divided by the mean squared (see `variance_of`).
    """

    mean: Values
    dispersion: Values
    doubt: Values


def variance_of(expected: Expected[Values]) -> Values:
    """Return the variance of a count of which that is expected."""
    return expected.mean * (expected.dispersion + expected.mean * expected.doubt)


class Baseline(Generic[Values]):
    """The normal course of one series, or of a panel of series.

    Parameters
    ----------
    cadence
        The bin width and its constants.
    number
        The arithmetic: `One()` for a series, `Many(n)` for a panel.
    times_prior
        How many times the cadence's prior level is believed of it before anything is known.
    """

    __slots__ = (
        "_cadence",
        "_count",
        "_exposure",
        "_fade",
        "_fade_dispersion",
        "_mass",
        "_number",
        "_prior_bins",
        "_profiles",
        "_squares",
        "_yearly",
        "_youth",
    )

    def __init__(
        self, cadence: Cadence, number: Arithmetic[Values], times_prior: float = 1.0
    ) -> None:
        self._cadence = cadence
        self._prior_bins: Values = number.zeros() + cadence.prior_bins / times_prior
        self._number: Arithmetic[Values] = number
        self._count: Values = number.zeros()
        self._exposure: Values = number.zeros()
        self._squares: Values = number.zeros()
        self._mass: Values = number.zeros()
        self._profiles: tuple[Profile[Values], ...] = tuple(
            Profile(cycle, number) for cycle in cadence.cycles
        )
        season = cadence.season
        self._yearly: Yearly[Values] | None = None if season is None else Yearly(season, number)
        self._youth = 1.0
        self._fade = fading(cadence.memory)
        self._fade_dispersion = fading(cadence.dispersion_memory)

    def expect(self, slots: Sequence[int]) -> Expected[Values]:
        """Return what a bin in these calendar slots should hold."""
        mean, dispersion = self.level(), self._dispersion()
        over = self._youth * (dispersion - 1.0)
        doubt = self._told(
            1.0 / (self._count + self._cadence.prior_count), self._cadence.prior_count, over
        )
        for profile, slot in zip(self._profiles, slots, strict=False):
            factor, vague = profile.look(slot)
            mean, doubt = mean * factor, doubt + self._told(vague, profile.prior, over)
        if self._yearly is not None:
            mean, doubt = mean * self._yearly.look(slots[-1]), doubt + self._yearly.doubt()
        return Expected(mean, dispersion, doubt)

    def _told(self, vague: Values, prior: float, over: Values) -> Values:
        """Return the relative variance of what `1 / vague` counts told, `prior` of them believed.

        Counts that are overdispersed by `over` tell so much less than Poisson ones.
        """
        if not self._youth:
            return vague
        return vague * (1.0 + over * self._number.floor(1.0 - prior * vague, 0.0))

    def learn(
        self,
        slots: Sequence[int],
        count: Values,
        expected: Expected[Values],
        belief: Values,
        haste: Values,
    ) -> None:
        """Learn from one bin what it can teach.

        Parameters
        ----------
        slots, count
            The calendar slots of the bin, and what it held.
        expected
            What `expect` said of it.
        belief
            Probability, 0 to 1, that the bin is normal.
        haste
            Above 0 where a lasting rise is accepted as the new normal: the bin counts in full,
            and the past fades by so much more.
        """
        number = self._number
        usual = trust(number, count, expected)
        trusted = usual * belief
        self._learn_dispersion(count, expected, trusted)
        weight = number.larger(trusted, number.above(haste, 0.0 * haste))
        known = 1.0 / (1.0 + expected.mean / (self._count + self._cadence.prior_count))
        factors = [
            profile.look(slot)[0] for profile, slot in zip(self._profiles, slots, strict=False)
        ]
        lift = prod(factors, start=number.zeros() + 1.0)
        if self._yearly is not None:
            ordinary = usual * count + (1.0 - usual) * expected.mean
            lift = lift * self._season(self._yearly, slots[-1], ordinary, lift, self._raw())
        fade = self._keep(expected.mean) * (1.0 - haste)
        self._prior_bins = self._fade * self._prior_bins
        self._youth = self._youth * self._fade * self._fade if self._youth > GROWN else 0.0
        self._count = fade * self._count + weight * count
        self._exposure = fade * self._exposure + weight * lift
        normal, sure = self.level() * lift, weight * known
        for profile, slot, factor in zip(self._profiles, slots, factors, strict=False):
            own = usual * known if profile.holiday(slot) else sure
            profile.learn(slot, own * count, own * normal / factor)

    def enlarge(self, times: Values) -> None:
        """Let the prior believe `times` as much, as far as nothing else is known of the level."""
        share = self._prior_bins / (self._exposure + self._prior_bins)
        self._prior_bins = self._prior_bins * self._number.exp(-share * self._number.log(times))

    def begin(self, bins: Sequence[tuple[Sequence[int], Values]], where: Values) -> None:
        """Take the bins of a day for all that is known, where `where` is 1; others (0) stay.

        They tell the level and the hours; of the days of the week they say nothing.

        Parameters
        ----------
        bins
            Calendar slots and counts.
        """
        total = sum((count for _, count in bins), self._number.zeros())
        self._count = self._count + where * (total - self._count)
        self._exposure = self._exposure + where * (len(bins) - self._exposure)
        self._prior_bins = self._prior_bins * (1.0 - where)
        for place, profile in enumerate(self._profiles):
            told = bins if place < len(self._profiles) - 1 else ()
            profile.begin([(slots[place], n) for slots, n in told], total / len(bins), where)
        if self._yearly is not None:
            self._yearly.begin(self.level(), where)

    def _season(
        self, yearly: Yearly[Values], day: int, count: Values, lift: Values, dispersion: Values
    ) -> Values:
        """Learn the season and return its factor; where it has changed, the level stays as high."""
        before = yearly.look(day)
        yearly.learn(day, count, lift, dispersion)
        after = yearly.look(day)
        self._exposure = self._exposure * (after / before)
        return after

    def level(self) -> Values:
        """Return the mean of an ordinary bin, the calendar left aside."""
        count = self._count + self._cadence.prior_count
        return count / (self._exposure + self._prior_bins)

    def _learn_dispersion(self, count: Values, expected: Expected[Values], trusted: Values) -> None:
        """Compare squared errors with means, less the part that the doubt of the mean explains.

        While the level itself is hardly known, errors say little about the dispersion.
        """
        settled = trusted * self._exposure / (self._exposure + self._prior_bins)
        share = expected.dispersion / (expected.dispersion + expected.mean * expected.doubt)
        error = count - expected.mean
        keep = self._fade_dispersion
        told = settled * (share + max(1.0 - 2.0 * self._youth, 0.0) * (1.0 - share))
        self._squares = keep * self._squares + told * share * trusted * error * error
        self._mass = keep * self._mass + told * expected.mean

    def _keep(self, mean: Values) -> Values:
        """Return what a bin leaves of the level's past, up to what the cadence's memory leaves.

        A level that drifts by `DRIFT` a bin under noise of relative deviation s is followed best
        with a memory of `s / DRIFT` bins: the louder a series, the sooner it says where it is.
        """
        number, nothing = self._number, 0.0 * mean
        if self._yearly is None:
            return nothing + self._fade
        noise = number.sqrt(self._raw() / number.floor(mean, 0.01))
        bins = number.smaller(
            number.floor(noise / DRIFT, SHORTEST), nothing + 1.0 / (1.0 - self._fade)
        )
        return 1.0 - 1.0 / bins

    def _raw(self) -> Values:
        """Return the dispersion as it was seen, below 1 where a series is steadier than Poisson."""
        known = self._squares + PRIOR_DISPERSION_COUNTS * PRIOR_DISPERSION
        return self._number.floor(known / (self._mass + PRIOR_DISPERSION_COUNTS), LEAST_SEEN)

    def _dispersion(self) -> Values:
        """The estimate and one standard error more: an optimist's tails cry wolf."""
        mass = self._mass + PRIOR_DISPERSION_COUNTS
        estimate = (self._squares + PRIOR_DISPERSION_COUNTS * PRIOR_DISPERSION) / mass
        cautious = estimate * (1.0 + self._number.sqrt(2.0 * estimate / mass))
        return self._number.floor(cautious, LEAST_DISPERSION)


def trust(number: Arithmetic[Values], count: Values, expected: Expected[Values]) -> Values:
    """Return the weight, above 0 and up to 1, with which a bin may teach the baseline.

    1 up to a residual of `OUTLIER`, beyond it the square of their ratio, as Farrington Flexible
    does; the residual is Anscombe's, `2 (sqrt(y + 3/8) - sqrt(m + 3/8))` in standard deviations,
    which stays near normal at low counts.
    """
    spread = expected.dispersion + expected.mean * expected.doubt
    lifted = number.sqrt(count + 0.375) - number.sqrt(expected.mean + 0.375)
    residual = number.floor(2.0 * lifted / number.sqrt(spread), OUTLIER)
    return OUTLIER * OUTLIER / (residual * residual)
