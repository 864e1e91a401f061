"""`surge`: the default detector, for hourly, daily and weekly counts of what people say.

Two kinds of test share the false-alarm rate: the tail probability of the newest bin (a burst), in
days and weeks also of the last bins together, and a CUSUM of log-likelihood ratios since the rise
began (a slow climb). The CUSUM's limit is
`log(1 / rate)`: the mean run length to a false alarm is then at least `1 / rate` bins (Lorden
1971, Ann Math Stat 42:1897). After an alarm, the next bin that speaks for the rise more than
against it alarms too. What is expected follows the calendar and the number of people who talk at
all, and forgets past crises.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Generic, NamedTuple

from nlp.message import Message
from nlp.surveillance.detectors.arithmetic import Arithmetic, One, Values
from nlp.surveillance.detectors.baseline import Baseline, Expected, variance_of
from nlp.surveillance.detectors.beginning import Beginning, First, newness
from nlp.surveillance.detectors.cadence import CADENCES, Cadence
from nlp.surveillance.detectors.contract import Bin, Sensitivity, Verdict
from nlp.surveillance.detectors.evidence import gain, growth, tail, upper_of
from nlp.surveillance.detectors.reasons import verdict_reasons
from nlp.surveillance.detectors.restless import Restless
from nlp.surveillance.detectors.verdicts import unjudged
from nlp.surveillance.detectors.windows import Window, add, empty, unlikely
from nlp.surveillance.errors import BinError

RISING = 0.1
"""A rise goes on while evidence is rarer than this."""
CALM = 0.5
"""A bin fewer deviations than this above its expectation is hardly raised."""
SPIKE = 5.0
"""Of one bin, the windows take no more than so many deviations: a spike is told once."""
TESTS = 2.0
"""By how much the tests of one bin raise its false alarms: the windows go up and down together."""
TINY = 1e-300
CAP = 1.5
"""The CUSUM's score stops at so many times its limit, so that it can come down again."""
RISE_ODDS = 0.005
"""Odds, before looking, that a rise has begun; sets how much a rising bin may teach."""
OTHERS_PER_COUNT = 3.0
"""Before anything is known, one voice in four is believed to be counted."""


class Findings(NamedTuple, Generic[Values]):
    """What was found in one bin of one series, or of every series of a panel.

    Attributes
    ----------
    alarm
        1 where there is an alarm, else 0.
    p
        Twice the stronger of the two tests' evidence, at most 1.
    expected
        Mean, dispersion and doubt of the count, the size of the audience allowed for.
    started
        Number of the bin in which the rise began; bins count from 0.
    run
        The count since then.
    own, audience
        What the bin should hold before the size of the audience is allowed for, and how many
        others should talk.
    """

    alarm: Values
    p: Values
    expected: Expected[Values]
    started: Values
    run: Values
    own: Expected[Values]
    audience: Expected[Values]


class Judged(NamedTuple, Generic[Values]):
    """Findings, and what learning from the same bin needs again."""

    findings: Findings[Values]
    score: Values
    chance: Values
    windows: tuple[Window[Values], ...]
    own: Expected[Values]
    audience: Expected[Values]


class SurgeModel(Generic[Values]):
    """The detector at work, bin after bin, on one series or on a panel that shares its calendar.

    Parameters
    ----------
    cadence
        The bin width and its constants.
    number
        The arithmetic: `One()` for a series, `Many(n)` for a panel.
    rate
        False-alarm probability of a bin, per series.
    minimum_count
        A rise of fewer counts never alarms.
    """

    __slots__ = (
        "_alarmed",
        "_audience",
        "_baseline",
        "_beginning",
        "_cadence",
        "_due",
        "_heard",
        "_limit",
        "_loud",
        "_minimum",
        "_number",
        "_rate",
        "_restless",
        "_run",
        "_score",
        "_started",
        "_windows",
        "age",
    )

    def __init__(
        self,
        cadence: Cadence,
        number: Arithmetic[Values],
        rate: Values,
        minimum_count: int,
    ) -> None:
        self._cadence = cadence
        self._number: Arithmetic[Values] = number
        self._rate: Values = rate / TESTS
        self._limit: Values = -number.log(self._rate)
        self._minimum: Values = number.zeros() + (minimum_count - 0.5)
        self._baseline: Baseline[Values] = Baseline(cadence, number)
        self._audience: Baseline[Values] = Baseline(cadence, number, OTHERS_PER_COUNT)
        self._beginning: Beginning[Values] = Beginning(cadence, number)
        self._restless: Restless[Values] | None = Restless(number) if cadence.season else None
        self._heard: Values = number.zeros()
        self._due: Values = number.zeros()
        self._score: Values = number.zeros()
        self._run: Values = number.zeros()
        self._started: Values = number.zeros()
        self._alarmed: Values = number.zeros()
        self._windows: tuple[Window[Values], ...] = tuple(empty(number) for _ in cadence.windows)
        self._loud: Values = number.zeros()
        self.age = 0

    def judge(self, slots: Sequence[int], count: Values, others: Values) -> Findings[Values]:
        """Judge a bin without learning from it.

        Parameters
        ----------
        slots
            Calendar slots of the bin, from `Cadence.slots`.
        count, others
            What is counted, and all the others who talk, per series.
        """
        return self._judge(slots, count, others).findings

    def step(self, slots: Sequence[int], count: Values, others: Values) -> Findings[Values]:
        """Judge a bin, then learn from it."""
        judged = self._judge(slots, count, others)
        self._follow(judged.findings, judged.score, judged.chance)
        self._windows = judged.windows
        haste = self._haste()
        if self.new:
            judged = self._enlarged(judged, slots)
        belief = 1.0 / (1.0 + RISE_ODDS * self._number.exp(judged.score))
        self._baseline.learn(slots, count, judged.own, belief, haste)
        self._audience.learn(slots, others, judged.audience, belief, haste)
        if self._restless is not None:
            self._restless.learn(slots[-1], count, judged.own.mean, variance_of(judged.own))
        self._heard = self._cadence.echo * (self._heard + others)
        self._due = self._cadence.echo * (self._due + judged.audience.mean)
        if self._beginning.lasts(self.age):
            self._beginning.keep(First(slots, count, others))
            self._begin(self._beginning.settles(self.age, self._alarmed))
        self.age += 1
        return judged.findings

    def teach(self, slots: Sequence[int], count: Values) -> None:
        """Learn one of the first bins of a series of which nobody knows the audience.

        How large it is, the last of them tells.
        """
        self.step(slots, count, 0.0 * count)
        if self.age == self._beginning.length:
            first = self._beginning.counts()
            mean = sum((each for _, each in first), 0.0 * count) / len(first)
            self._begin(self._number.above(mean, self._baseline.level()))

    @property
    def new(self) -> bool:
        """Whether the series is so young that its audience must tell how large it is."""
        return self._beginning.fresh(self.age)

    def _enlarged(self, judged: Judged[Values], slots: Sequence[int]) -> Judged[Values]:
        """Let the audience of the first bins tell how large a series is."""
        times = judged.findings.expected.mean / judged.own.mean
        self._baseline.enlarge(times)
        self._audience.enlarge(times)
        own, audience = self._baseline.expect(slots), self._audience.expect(slots)
        return judged._replace(own=own, audience=audience)

    def _begin(self, where: Values) -> None:
        """Where 1, take the first bins for the ordinary course, and their rise for none."""
        if not self._number.some(where):
            return
        self._baseline.begin(self._beginning.counts(), where)
        self._audience.begin(self._beginning.others(), where)
        kept = 1.0 - where
        self._windows = tuple(Window(*(kept * part for part in window)) for window in self._windows)
        self._score, self._run = kept * self._score, kept * self._run
        self._alarmed, self._loud = kept * self._alarmed, kept * self._loud
        self._started = kept * self._started + where * (self.age + 1.0)

    def _judge(self, slots: Sequence[int], count: Values, others: Values) -> Judged[Values]:
        number = self._number
        own, audience = self._baseline.expect(slots), self._audience.expect(slots)
        unrest = None if self._restless is None else self._restless.look(slots[-1])
        expected = self._allowed(_doubted(own, unrest), others, audience)
        change = gain(number, count, expected, self._cadence.extra)
        change = change if unrest is None else change / unrest
        score, windows = self._climbed(change), self._widen(count, expected)
        alone = tail(number, count, expected)
        chance = self._chance(alone, windows, expected.dispersion)
        run = self._run + count
        raised = self._raised(count - expected.mean, change, score, alone, chance)
        evidence = number.smaller(chance, number.exp(-score))
        p = number.floor(number.smaller(TESTS * evidence, 0.0 * evidence + 1.0), TINY)
        alarm = raised * number.above(run, self._minimum)
        findings = Findings(alarm, p, expected, self._started, run, own, audience)
        return Judged(findings, score, chance, windows, own, audience)

    def _chance(
        self, alone: Values, windows: tuple[Window[Values], ...], dispersion: Values
    ) -> Values:
        """Return the smallest tail, of the bin alone or of a window."""
        found = alone
        for window in windows:
            found = self._number.smaller(found, unlikely(self._number, window, dispersion))
        return found

    def _climbed(self, change: Values) -> Values:
        """Return the CUSUM after the newest bin."""
        number = self._number
        quiet = number.above(0.0 * change, change) * number.above(self._alarmed, 0.0 * change)
        kept = self._score * (1.0 - quiet * (1.0 - self._cadence.recovery))
        return number.smaller(number.floor(kept + change, 0.0), CAP * self._limit)

    def _raised(
        self, excess: Values, change: Values, score: Values, alone: Values, chance: Values
    ) -> Values:
        """Return 1 where a test speaks up; all but that of the lone bin ask for a raised bin."""
        number = self._number
        nothing = 0.0 * change
        lone = 1.0 - number.above(alone, self._rate)
        together = (1.0 - number.above(chance, self._rate)) * number.above(excess, nothing)
        speaks = number.above(change, nothing)
        climb = number.above(score, self._limit) * speaks
        goes_on = self._loud * speaks
        return number.larger(number.larger(lone, together), number.larger(climb, goes_on))

    def _widen(self, count: Values, expected: Expected[Values]) -> tuple[Window[Values], ...]:
        """Add the bin to every window.

        Of a huge spike only the part up to `SPIKE` deviations counts. Once there has been an alarm,
        a bin that is hardly raised takes the past out of the windows, as it does out of the CUSUM.
        """
        keeps = self._cadence.windows
        if not keeps:
            return ()
        number = self._number
        spread = number.sqrt(variance_of(expected))
        held = number.smaller(count, expected.mean + SPIKE * spread)
        hardly = number.above(expected.mean + CALM * spread, count)
        over = hardly * number.above(self._alarmed, 0.0 * count)
        share = 1.0 - over * (1.0 - self._cadence.recovery)
        error = expected.mean * number.sqrt(expected.doubt)
        return tuple(
            add(window, keep, share, held, expected.mean, error)
            for window, keep in zip(self._windows, keeps, strict=True)
        )

    def _allowed(
        self, own: Expected[Values], others: Values, audience: Expected[Values]
    ) -> Expected[Values]:
        """Allow for the growth of the audience, in this bin or over the last few."""
        number = self._number
        now, doubt = growth(number, others, audience.mean, audience.doubt)
        heard, due = self._heard + others, self._due + audience.mean
        lately, doubt_lately = growth(number, heard, due, audience.doubt)
        longer = number.above(lately, now)
        lift = number.larger(now, lately)
        doubt = doubt + longer * (doubt_lately - doubt)
        return Expected(own.mean * lift, own.dispersion, own.doubt + doubt)

    def _follow(self, findings: Findings[Values], score: Values, chance: Values) -> None:
        """Keep the rise that goes on; where there is none, the next bin starts one."""
        number = self._number
        rising = number.larger(
            number.above(score, 0.0 * score), number.above(0.0 * chance + RISING, chance)
        )
        lasting = number.larger(findings.alarm, number.smaller(self._alarmed, rising))
        self._started = rising * self._started + (1.0 - rising) * (self.age + 1.0)
        self._run = rising * findings.run
        self._alarmed = rising * lasting * (self._alarmed + 1.0)
        self._loud = findings.alarm
        self._score = score

    def _haste(self) -> Values:
        """A rise older than the patience, or than the history before it, is the new normal."""
        patience = float(self._cadence.patience)
        before = self._number.floor(self.age - self._alarmed, patience / 7.0)
        bound = self._number.smaller(before, 0.0 * before + patience)
        return self._cadence.haste * self._number.above(self._alarmed, bound)


def _doubted(own: Expected[Values], unrest: Values | None) -> Expected[Values]:
    """Doubt what is expected where it is restless every year.

    It is doubt, not dispersion: the days of one season go up together. For the same reason the
    CUSUM takes so much less from each of them.
    """
    if unrest is None:
        return own
    return own._replace(doubt=own.doubt + (unrest - 1.0) * own.dispersion / own.mean)


class SurgeState:
    """`surge` after it has learned one series.

    Bins that are missing between two others teach nothing.
    """

    __slots__ = ("_cadence", "_last", "_model", "_sensitivity", "_since")

    def __init__(self, sensitivity: Sensitivity) -> None:
        self._sensitivity = sensitivity
        self._cadence = CADENCES[sensitivity.width]
        self._model = SurgeModel(
            self._cadence, One(), sensitivity.false_alarms, sensitivity.minimum_count
        )
        self._last: datetime | None = None
        self._since: datetime | None = None

    def update(self, step: Bin) -> Verdict:
        """Judge the next bin, then learn from it; constant time.

        Raises
        ------
        BinError
            Where the bin does not lie after the one before it.
        """
        age = self._model.age
        learned = self.learn(step)
        if learned is None:
            return unjudged(step.count, self._too_new())
        findings, since = learned
        expected, alarm = findings.expected.mean, findings.alarm > 0
        upper = upper_of(findings.expected, self._sensitivity.false_alarms / TESTS)
        reasons = verdict_reasons(
            alarm=alarm, count=step.count, expected=expected, upper=upper, since=since, age=age
        )
        return Verdict(alarm, expected, upper, findings.p, since if alarm else None, reasons)

    def learn(self, step: Bin) -> tuple[Findings[float], datetime] | None:
        """Learn the next bin; return what was found in it and where its rise began.

        None where there is nothing to hold it against: neither earlier bins nor an audience.
        """
        self._last = follows(self._last, step)
        age, slots = self._model.age, self._cadence.slots(step.start)
        if step.total is None and self._model.new:
            self._model.teach(slots, float(step.count))
            return None
        others = 0 if step.total is None else step.total - step.count
        findings = self._model.step(slots, float(step.count), float(others))
        if self._since is None or findings.started == age:
            self._since = step.start
        return findings, self._since

    def _too_new(self) -> Message:
        needed = newness(self._cadence)
        return Message(
            f"not judged: without totals, the first bins ({needed}) only tell its size",
            f"未判断：没有总数时，前 {needed} 格仅用于了解序列的规模",
        )


class SurgeDetector:
    """The detector by the name `surge`; a `Detector`.

    Parameters
    ----------
    sensitivity
        False-alarm probability per bin, minimum count, bin width.
    """

    __slots__ = ("_sensitivity",)

    def __init__(self, sensitivity: Sensitivity) -> None:
        self._sensitivity = sensitivity

    def fit(self, history: Sequence[Bin]) -> SurgeState:
        """Return the state after `history`, oldest first; an empty history is allowed."""
        state = SurgeState(self._sensitivity)
        for step in history:
            state.learn(step)
        return state


def follows(last: datetime | None, step: Bin) -> datetime:
    """Return the start of `step` in UTC, which must lie after the bin before it.

    Local times of one zone compare by the wall clock, which goes back an hour once a year.
    """
    start = step.start.astimezone(UTC)
    if last is not None and start <= last:
        raise BinError(
            f"bin {step.start} does not follow {last}; sort the bins, one per start",
            f"时间格 {step.start} 不在 {last} 之后；请按时间排序，且每个起点只有一格",
        )
    return start
