"""Keep what is measured out of what is trained on: exact copies and near-duplicates."""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from nlp.errors import TrainingError
from nlp.gold import Example

KEY_LENGTH = 60
SHINGLE = 6
NEAR_DUPLICATE = 0.6


def comparison_form(text: str) -> str:
    """Return the text without white space and punctuation, as the never-train list compares it."""
    return re.sub(r"[\W_]+", "", text)


def exclusion_key(text: str) -> str:
    """Return the line that stands for a text in `never_train.sha256`."""
    return hashlib.sha256(comparison_form(text)[:KEY_LENGTH].encode()).hexdigest()


def read_exclusion_keys(path: Path) -> frozenset[str]:
    """Return the keys of a never-train list.

    Raises
    ------
    TrainingError
        When the list is missing or empty: training without it would spoil every figure.
    """
    keys = frozenset(path.read_text(encoding="ascii").split()) if path.is_file() else frozenset()
    if keys:
        return keys
    raise TrainingError(
        f"{path} is missing or empty; training without the never-train list is refused",
        f"{path} 缺失或为空；没有禁训清单不得训练",
    )


class Exclusion:
    """Tells which texts no training may see.

    A text is excluded when its key is listed, or when it shares most of its six-character
    shingles with a protected text.
    """

    def __init__(self, keys: frozenset[str], protected: Iterable[str]) -> None:
        self._keys = keys
        self._owners: dict[str, list[int]] = defaultdict(list)
        self._sizes: list[int] = []
        for owner, text in enumerate(protected):
            shingles = _shingles(text)
            self._sizes.append(len(shingles))
            for shingle in shingles:
                self._owners[shingle].append(owner)

    def excludes(self, text: str) -> bool:
        """Tell whether training must not see this text."""
        return exclusion_key(text) in self._keys or self._is_near_duplicate(text)

    def keep(self, examples: Iterable[Example]) -> list[Example]:
        """Return the examples that training may see."""
        return [example for example in examples if not self.excludes(example.text)]

    def _is_near_duplicate(self, text: str) -> bool:
        shingles = _shingles(text)
        shared = Counter(owner for shingle in shingles for owner in self._owners.get(shingle, ()))
        return any(
            count >= NEAR_DUPLICATE * min(len(shingles), self._sizes[owner])
            for owner, count in shared.items()
        )


def _shingles(text: str) -> frozenset[str]:
    form = comparison_form(text)
    return frozenset(form[start : start + SHINGLE] for start in range(len(form) - SHINGLE + 1))
