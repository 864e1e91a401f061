"""Prune the multilingual vocabulary to what Chinese customers write."""

import unicodedata
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from opencc import OpenCC

SPECIAL_TOKENS = ("<s>", "<pad>", "</s>", "<unk>")
COMMON_LATIN_RANK = 20_000
CHINESE = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2EBEF))

simplify: Callable[[str], str] = OpenCC("t2s").convert


def is_kept_character(character: str) -> bool:
    """Tell whether a character is Chinese, ASCII, punctuation, a symbol or an emoji.

    >>> [is_kept_character(c) for c in "好a！😀ж한"]
    [True, True, True, True, False, False]
    """
    point = ord(character)
    if character == "▁" or point < 0x80:
        return True
    if any(low <= point <= high for low, high in CHINESE):
        return True
    return unicodedata.category(character)[0] in "PS"


def is_kept(rank: int, piece: str) -> bool:
    """Tell whether a piece stays: Chinese, simplified, or common Latin; the vocabulary is ranked.

    Traditional forms go because text is converted to simplified before it is cut.
    """
    if piece in SPECIAL_TOKENS:
        return True
    if piece == "<mask>" or not all(map(is_kept_character, piece)):
        return False
    if any(character.isascii() and character.isalpha() for character in piece):
        return rank < COMMON_LATIN_RANK
    return simplify(piece) == piece


def kept_ids(vocabulary: list[list[Any]]) -> npt.NDArray[np.int64]:
    """Return the ids of the pieces to keep, in their old order; special tokens come first."""
    return np.array([rank for rank, (piece, _) in enumerate(vocabulary) if is_kept(rank, piece)])


def prune(tokenizer: dict[str, Any], kept: npt.NDArray[np.int64]) -> dict[str, Any]:
    """Return the tokenizer with only the kept pieces; id i is now the piece that had `kept[i]`."""
    vocabulary = tokenizer["model"]["vocab"]
    model = {**tokenizer["model"], "vocab": [vocabulary[index] for index in kept]}
    added = [token for token in tokenizer["added_tokens"] if token["content"] in SPECIAL_TOKENS]
    return {**tokenizer, "model": model, "added_tokens": added}
