"""Rows in handfuls: bounded in number, and in what they hold, for rows of very long texts."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

CHUNK_CHARACTERS = 4_000_000

Item = TypeVar("Item")


def chunked(
    items: Iterable[Item], most: int, characters: Callable[[Item], int]
) -> Iterator[list[Item]]:
    """Yield the items in lists of at most `most`; a list ends early once it holds much text.

    >>> list(chunked("abc", 2, len))
    [['a', 'b'], ['c']]
    """
    chunk: list[Item] = []
    weight = 0
    for item in items:
        chunk.append(item)
        weight += characters(item)
        if len(chunk) >= most or weight >= CHUNK_CHARACTERS:
            yield chunk
            chunk, weight = [], 0
    if chunk:
        yield chunk


def characters_of(row: Mapping[str, object]) -> int:
    """Return how much the cells of a row hold: characters, bytes, and one for anything else.

    >>> characters_of({"text": "很好", "raw": b"abc", "tags": ["a", {"b": "cd"}], "n": 5})
    9
    """
    return sum(map(_weight, row.values()))


def _weight(cell: object) -> int:
    match cell:
        case str() | bytes():
            return len(cell)
        case list():
            return sum(map(_weight, cell))
        case dict():
            return characters_of(cell)
    return 1
