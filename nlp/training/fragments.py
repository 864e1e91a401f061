"""Parts of texts as texts of their own: a clause is read alone, a post quotes half a review."""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from nlp.gold import Example
from nlp.opinions import CLAUSE_MARKS

SOURCE = "fragment"
MOST_CLAUSES = 4
# So many of the fragments are of two texts, end to end: praise of one, complaint of the other.
JOINED_SHARE = 0.2
_CLAUSE = re.compile(rf"[^{CLAUSE_MARKS}]+[{CLAUSE_MARKS}]*")


def fragments(texts: Sequence[str], count: int, chance: np.random.Generator) -> list[Example]:
    """Return `count` fragments: one to `MOST_CLAUSES` clauses in a row, of texts drawn evenly.

    Fewer where the draws repeat; none where there is no text.
    """
    if not texts:
        return []
    drawn = dict.fromkeys(_fragment(texts, chance) for _ in range(count))
    return [Example(text, SOURCE) for text in drawn if text]


def _fragment(texts: Sequence[str], chance: np.random.Generator) -> str:
    parts = 2 if chance.random() < JOINED_SHARE else 1
    return "".join(
        _some_clauses(texts[int(chance.integers(len(texts)))], chance) for _ in range(parts)
    ).strip()


def _some_clauses(text: str, chance: np.random.Generator) -> str:
    clauses = list(_clauses(text))
    if not clauses:
        return ""
    first = int(chance.integers(len(clauses)))
    return "".join(clauses[first : first + int(chance.integers(1, MOST_CLAUSES + 1))])


def _clauses(text: str) -> Iterator[str]:
    return (found for found in _CLAUSE.findall(text) if found.strip())
