"""A long text in parts of so many bytes, cut between lines where possible, never in a character."""

from collections.abc import Callable, Iterator


def byte_length(text: str) -> int:
    """Return the bytes that a text takes in UTF-8."""
    return len(text.encode())


def split(text: str, limit: int, size: Callable[[str], int] = byte_length) -> list[str]:
    """Return a text in parts, none larger than `limit`; joined by line ends they hold all of it.

    Parameters
    ----------
    size
        How large a text is where it is sent: JSON, for instance, escapes some characters. It must
        not shrink where the text grows.

    >>> split("一二三四", 6)
    ['一二', '三四']

    Raises
    ------
    ValueError
        One character alone is larger than the limit.
    """
    parts: list[str] = []
    for line in _short_lines(text, limit, size):
        joined = f"{parts[-1]}\n{line}" if parts else line
        if parts and size(joined) <= limit:
            parts[-1] = joined
        else:
            parts.append(line)
    return parts


def _short_lines(text: str, limit: int, size: Callable[[str], int]) -> Iterator[str]:
    for line in text.split("\n"):
        rest = line
        while size(rest) > limit:
            cut = _longest(rest, limit, size)
            yield rest[:cut]
            rest = rest[cut:]
        yield rest


def _longest(text: str, limit: int, size: Callable[[str], int]) -> int:
    """Return how many characters fit, by halving."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size(text[:middle]) <= limit else (low, middle - 1)
    if low == 0:
        raise ValueError("one character is larger than the limit")
    return low
