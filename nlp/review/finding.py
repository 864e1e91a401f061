"""Why a person should see a text: the reasons, their shares, and one finding of one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from nlp.message import Message


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason to show a text: its share of the tasks, 0 to 1, and its name."""

    share: float
    name: Message


@dataclass(frozen=True, slots=True)
class Finding:
    """A reason that holds for the candidate at `index`; the higher the `score`, the more so.

    Tasks are spread over the values of `stratum`.
    """

    index: int
    score: float
    why: Message
    stratum: tuple[str, ...] = ()


RANDOM, LOW_CONFIDENCE = "random", "low_confidence"
REASONS: Mapping[str, Reason] = MappingProxyType(
    {
        RANDOM: Reason(0.20, Message("drawn at random", "随机抽取")),
        "disagreement": Reason(0.20, Message("answers that contradict each other", "判断互相矛盾")),
        "drift": Reason(0.15, Message("unlike what came before", "与以往不同")),
        "rare": Reason(0.15, Message("a rare label", "稀有标签")),
        "abstained": Reason(0.10, Message("left open by the model", "模型未作判断")),
        LOW_CONFIDENCE: Reason(0.20, Message("barely decided", "把握不足")),
    }
)
"""Written out once; shares sum to 1. What a reason cannot fill goes to `low_confidence`."""


def quotas(count: int) -> dict[str, int]:
    """Return how many tasks each reason may have; they sum to `count` (largest remainders).

    >>> quotas(50)
    {'random': 10, 'disagreement': 10, 'drift': 8, 'rare': 7, 'abstained': 5, 'low_confidence': 10}
    """
    exact = {name: count * reason.share for name, reason in REASONS.items()}
    whole = {name: int(share + 1e-9) for name, share in exact.items()}
    order = sorted(exact, key=lambda name: whole[name] - exact[name])
    for name in order[: count - sum(whole.values())]:
        whole[name] += 1
    return whole
