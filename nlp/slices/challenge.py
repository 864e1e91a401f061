"""The challenge set: texts written for the slices, shipped whole, and never trained on.

Many stand in pairs that differ in a few words and in what they mean: `不是不好用` and `不好用`. Who
has learnt only words answers one of two rightly. Texts and labels were written by a language model
that follows the label guide; `target` is not labelled.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from nlp.gold import Example, read_labelled

CHALLENGE = Path(__file__).parent / "challenge.jsonl"


@dataclass(frozen=True, slots=True)
class ChallengeText:
    """A text of the challenge set; `pair` names the texts that it differs from in a few words."""

    example: Example
    slice_name: str
    pair: str | None


@cache
def challenge_texts() -> tuple[ChallengeText, ...]:
    """Return the challenge set in its order.

    Raises
    ------
    LabelError
        Naming file and line, where a label is not one of the guide's.
    """
    return tuple(_read(CHALLENGE))


def _read(path: Path) -> Iterator[ChallengeText]:
    for row, example in read_labelled(path):
        unlabelled = replace(example, source="challenge", targets=None)
        yield ChallengeText(unlabelled, row["slice"], row.get("pair"))
