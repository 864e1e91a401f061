"""What the classic detectors share in their verdicts: tails, since when, and why not."""

from datetime import datetime
from math import erfc, floor, isfinite, sqrt
from statistics import NormalDist

from nlp.message import Message
from nlp.surveillance.detectors.contract import Verdict
from nlp.surveillance.errors import WatchSettingsError

TINY = 1e-300


def quantile(tail: float) -> float:
    """Return the standard normal quantile that is exceeded with probability `tail`."""
    return -NormalDist().inv_cdf(tail)


def normal_tail(score: float, excess: float) -> float:
    """Return P(Z >= score) of a standard normal Z, above 0.

    Beyond 37 standard deviations a float knows only 0; there the `excess` of the count over its
    expectation orders the bins, so that detectors can be compared at any alert rate.
    """
    return max(erfc(score / sqrt(2.0)) / 2.0, TINY / (1.0 + max(excess, 0.0)))


def whole(bound: float) -> int:
    """Return the largest count, 0 or more, that does not exceed `bound`."""
    return max(floor(bound), 0) if isfinite(bound) else 0


def began(since: datetime | None, start: datetime, *, alarm: bool) -> datetime | None:
    """Return where a rise began: with the first of the alarms that follow each other."""
    if not alarm:
        return None
    return since or start


def unjudged(count: int, why: Message) -> Verdict:
    """Return the verdict on a bin that cannot be compared with anything.

    There is no alarm, p is 1, and whatever was counted is taken for what was expected.
    """
    return Verdict(False, float(count), count, 1.0, None, (why,))


def too_few(least: int, bins: int = 1) -> Message:
    """Return why a count above the limit raises no alarm: it is below the least that does."""
    en = "this bin" if bins == 1 else f"the last {bins} bins"
    zh = "本格" if bins == 1 else f"最近 {bins} 格"
    return Message(
        f"no alarm: {en} must hold {least} or more",
        f"不预警：{zh}需达到 {least} 条",
    )


def check_setting(name: str, value: float, low: float, high: float) -> None:
    """Refuse a setting outside low..high.

    Raises
    ------
    WatchSettingsError
        It names the setting, its value and the limits.
    """
    if not low <= value <= high:
        raise WatchSettingsError(
            f"{name} is {value}; give a value from {low:g} to {high:g}",
            f"{name} 为 {value}；请给出 {low:g} 到 {high:g} 之间的值",
        )
