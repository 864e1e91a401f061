"""Predicted satisfaction: how a customer would rate the service of a dialogue, and why.

Read from the labels of the customer's turns alone (`trajectory`), with the shipped model or one of
your own. It is a prediction for sorting and for averages, not a survey: see the figures in the
model's file.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from nlp.labels import SENTIMENTS
from nlp.message import Message
from nlp.transcripts.contract import Dialogue, Turn, listed
from nlp.transcripts.model import SATISFACTION, SatisfactionModel, Verdict, shipped_model
from nlp.transcripts.trajectory import trajectory

MOST_REASONS = 3
LAST = 3


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """The likeliest verdict; `probabilities` are of all three, and sum to 1.

    Without a customer's turn there is no verdict: it is None, and all three are 0.
    """

    verdict: Verdict | None
    probabilities: Mapping[Verdict, float]
    turns: tuple[int, ...]
    reasons: tuple[Message, ...]

    @property
    def probability(self) -> float:
        """That of the verdict, 0 to 1."""
        return self.probabilities[self.verdict] if self.verdict else 0.0


Told = tuple[Message, tuple[int, ...]]


def satisfaction(dialogue: Dialogue, model: SatisfactionModel | None = None) -> Satisfaction:
    """Return the predicted satisfaction of a dialogue.

    The reasons are the groups of features that speak for the verdict, the weightiest first; the
    number behind each is its share of the verdict's score over the mean of the other two (log
    odds), which is exact for this model.
    """
    turns = dialogue.customer
    if not turns:
        silent = Message("the customer says nothing", "顾客没有发言")
        return Satisfaction(None, dict.fromkeys(SATISFACTION, 0.0), (), (silent,))
    known = shipped_model() if model is None else model
    sentiments = [turn.sentiment for turn in turns]
    found = known.probabilities(sentiments)
    chosen = int(found.argmax())
    verdict = tuple(SATISFACTION)[chosen]
    told = _told(known, turns, chosen)
    head = Message(
        f"{verdict} is likeliest (probability {found[chosen]:.2f})",
        f"最可能为{SATISFACTION[verdict].zh}（概率 {found[chosen]:.2f}）",
    )
    return Satisfaction(
        verdict=verdict,
        probabilities={
            name: round(float(p), 4) for name, p in zip(SATISFACTION, found, strict=True)
        },
        turns=tuple(sorted({number for _, numbers in told for number in numbers})),
        reasons=(head, *(reason for reason, _ in told)),
    )


def _told(model: SatisfactionModel, turns: tuple[Turn, ...], chosen: int) -> list[Told]:
    """Return the groups that speak for a verdict, as reasons with their turns."""
    parts = model.contributions([turn.sentiment for turn in turns])
    margin = parts[chosen] - np.delete(parts, chosen, axis=0).mean(axis=0)
    sums = {
        name: float(sum(margin[model.features.index(f)] for f in group if f in model.features))
        for name, group in GROUPS.items()
    }
    ranked = sorted((name for name in sums if sums[name] > 0), key=lambda name: -sums[name])
    return [_weighed(*FACTS[name](turns), sums[name]) for name in ranked[:MOST_REASONS]]


def _weighed(fact: Message, turns: tuple[int, ...], weight: float) -> Told:
    told = Message(f"{fact.en} (speaks for it: {weight:+.2f})", f"{fact.zh}（支持：{weight:+.2f}）")
    return told, turns


def _counted(sentiment: str) -> Callable[[tuple[Turn, ...]], Told]:
    def fact(turns: tuple[Turn, ...]) -> Told:
        numbers = tuple(turn.number for turn in turns if turn.sentiment == sentiment)
        which = f" (turns {listed(numbers)})" if numbers else ""
        which_zh = f"（第 {listed(numbers)} 句）" if numbers else ""
        zh = {"negative": "负面", "positive": "正面"}[sentiment]
        return (
            Message(
                f"{len(numbers)} of {len(turns)} customer turns {sentiment}{which}",
                f"顾客 {len(turns)} 句中{zh} {len(numbers)} 句{which_zh}",
            ),
            numbers,
        )

    return fact


def _ending(turns: tuple[Turn, ...]) -> Told:
    last = turns[-LAST:]
    numbers = tuple(turn.number for turn in last)
    return (
        Message(
            f"it ends {', '.join(turn.sentiment for turn in last)} (turns {listed(numbers)})",
            f"结尾为{'、'.join(SENTIMENTS[turn.sentiment] for turn in last)}"
            f"（第 {listed(numbers)} 句）",
        ),
        numbers,
    )


def _course(turns: tuple[Turn, ...]) -> Told:
    signs = [list(SENTIMENTS).index(turn.sentiment) for turn in turns]
    moves = np.sign(np.diff(signs))
    falls, rises = int((moves < 0).sum()), int((moves > 0).sum())
    found = trajectory([turn.sentiment for turn in turns])
    low, high = found["lowest"], found["highest"]
    moved = zip(turns[1:], moves.tolist(), strict=True)
    return (
        Message(
            f"smoothed sentiment lies between {low:+.2f} and {high:+.2f}, falls {falls} and rises "
            f"{rises} times",
            f"平滑情感在 {low:+.2f} 与 {high:+.2f} 之间，下降 {falls} 次、上升 {rises} 次",
        ),
        tuple(turn.number for turn, move in moved if move),
    )


def _length(turns: tuple[Turn, ...]) -> Told:
    return (
        Message(f"the customer speaks {len(turns)} times", f"顾客发言 {len(turns)} 次"),
        (),
    )


def _names(sign: str, measures: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{sign}_{measure}" for measure in measures)


_AMOUNT = ("share", "any", "count", "run", "begin")
_END = ("third", "fading", "last")
GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "negative": _names("negative", _AMOUNT),
        "positive": _names("positive", _AMOUNT),
        "ending": (*_names("negative", _END), *_names("positive", _END)),
        "course": ("slope", "lowest", "highest", "falls", "rises"),
        "length": ("length",),
    }
)
"""The features in groups that people understand; each feature stands in one."""

FACTS: Mapping[str, Callable[[tuple[Turn, ...]], Told]] = MappingProxyType(
    {
        "negative": _counted("negative"),
        "positive": _counted("positive"),
        "ending": _ending,
        "course": _course,
        "length": _length,
    }
)
