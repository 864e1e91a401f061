"""Where a JSON array goes on behind an element that cannot be read."""

import re

MOST_BRACES = 1000
STRING_OR_BRACE = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[{}]', re.DOTALL)
BRACE = re.compile(r"[{}]")
FOLLOWED = re.compile(r"\s*(?:(?:,\s*)?[\[{]|\])")
OBJECT = re.compile(r"(?:,\s*)?\{")
NEXT_OBJECT = re.compile(r"(?:\}\s*,|\n\s*\[)\s*(?=\{)")


def end_of_damaged(text: str, start: int, error_at: int) -> int | None:
    """Return where a damaged element ends; None when the text does not show it.

    An object ends where its braces are undone and another object or a bracket follows (a brace
    that nothing follows is part of a text); so the objects inside it are not taken for elements.
    Behind the place of the error quotes mean nothing, for one of them may be missing; up to there
    the text is sound. A colon is a place inside an object that was closed too early. What else is
    no object ends at the next one.

    Parameters
    ----------
    text
        The text, or as much of it as is in memory.
    start, error_at
        Where the element begins, and where the decoder gave up.
    """
    doubtful = _last_string(text, start, error_at)
    if text[start] not in "{:":
        following = OBJECT.search(text, doubtful)
        return following.start() if following else None
    depth = (text[start] == ":") + _depth(text, start, doubtful)
    for number, brace in enumerate(BRACE.finditer(text, doubtful)):
        if number == MOST_BRACES:
            return next_object(text, start, error_at)
        depth += 1 if brace[0] == "{" else -1
        if depth == 0 and FOLLOWED.match(text, brace.end()):
            return brace.end()
        depth = max(depth, 1)
    return None


def next_object(text: str, start: int, error_at: int) -> int:
    """Return where the next object may begin, for an element whose braces are never undone.

    Behind `}, {`, or on a line that begins with `[{`: another array after one that was cut off.
    """
    following = NEXT_OBJECT.search(text, _last_string(text, start, error_at))
    return following.end() if following else len(text)


def _last_string(text: str, start: int, error_at: int) -> int:
    """Return where the last string before the error begins: a quote missing there shows late."""
    marks = STRING_OR_BRACE.finditer(text, start, error_at)
    return max((mark.start() for mark in marks if mark[0] not in "{}"), default=error_at)


def _depth(text: str, start: int, end: int) -> int:
    """Return how many braces are open after a sound part of the text."""
    marks = [mark[0] for mark in STRING_OR_BRACE.finditer(text, start, end)]
    return marks.count("{") - marks.count("}")
