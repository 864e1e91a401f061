"""What is said of a KPI of a tier: in alarm, fine, unclear, or too few to say."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan

from tiering.actions.policy import Kpi
from tiering.migration import Interval
from tiering.policy import Tier


@dataclass(frozen=True, slots=True)
class Judged:
    """A figure with its interval and what it is held against."""

    kpi: Kpi
    tier: Tier
    threshold: float
    interval: Interval
    customers: int
    judge: str


def state_of(judged: Judged) -> str:
    """Return `alarm`, `fine`, `unclear` or `too_few`.

    By interval: in alarm where all of it lies beyond the threshold, fine where none of it does.
    Strictly: by the figure alone. A figure on the threshold is not beyond it.
    """
    found, line = judged.interval, judged.threshold
    if judged.customers < judged.kpi.least or isnan(found.share):
        return "too_few"
    below = judged.kpi.worse == "below"
    nearest, farthest = (found.high, found.low) if below else (found.low, found.high)
    if judged.judge == "strict":
        nearest = farthest = found.share
    beyond = [end < line if below else end > line for end in (nearest, farthest)]
    if beyond[0]:
        return "alarm"
    return "unclear" if beyond[1] else "fine"


def verdict_of(judged: Judged, absent: str = "") -> tuple[str, Mapping[str, str]]:
    """Return the state, and what it means in both languages; `absent` is a table not given."""
    if absent:
        return "not_given", {
            "en": f"not judged: no table {absent} was given",
            "zh": f"未判断：没有提供 {absent} 表",
        }
    state = state_of(judged)
    if state == "too_few":
        return state, _too_few(judged)
    kpi, found, line = judged.kpi, judged.interval, judged.threshold
    figures = f"{found.share:.1%} ({found.low:.1%}–{found.high:.1%})"
    words = {
        "alarm": (f"{kpi.worse} {line:.1%}", f"{_zh(kpi)} {line:.1%}"),
        "fine": (f"not {kpi.worse} {line:.1%}", f"未{_zh(kpi)} {line:.1%}"),
        "unclear": (f"cannot be told from {line:.1%}", f"与 {line:.1%} 无法区分"),
    }
    en, zh = words[state]
    how = {"interval": ("", ""), "strict": (", by the figure alone", "（仅按数值判断）")}
    said_en, said_zh = how[judged.judge]
    return state, {
        "en": f"{kpi.en} of {judged.tier.name}: {figures}, {en}{said_en}; "
        f"{judged.customers} customers",
        "zh": f"{judged.tier.zh}的{kpi.zh}：{figures}，{zh}{said_zh}；{judged.customers} 位顾客",
    }


def _too_few(judged: Judged) -> Mapping[str, str]:
    number, least = judged.customers, judged.kpi.least
    return {
        "en": f"{judged.kpi.en} of {judged.tier.name}: too few to say, {number} customers where "
        f"{least} are asked for",
        "zh": f"{judged.tier.zh}的{judged.kpi.zh}：人数太少，无法判断"
        f"（{number} 位，至少需要 {least} 位）",
    }


def _zh(kpi: Kpi) -> str:
    return "低于" if kpi.worse == "below" else "高于"
