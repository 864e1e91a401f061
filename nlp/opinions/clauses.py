"""Where a sentence and a clause end, so that an opinion is read and quoted with its own words."""

import re

from nlp.text import normalise, word_spans

Span = tuple[int, int]

_SENTENCE_END = re.compile(r"[。！？!?；;\n\r]+|…+|\.{3,}")
_TURN = "但是|但|不过|可是|然而|只是|就是|可惜|而且|反而|除了"
_CLAUSE_END = re.compile(rf"[。！？!?；;\n\r，,：:…~～]+|\.{{3,}}|(?<=\w)\s+(?=\w)|(?={_TURN})")
ELLIPSIS = "…"
MOST_GROWN = 4
# A cutter that does not know a word may glue one of these to it: 床不软 is no thing.
_JUDGING = frozenset("不没很太真挺都也就还是有")


def sentence_around(text: str, start: int, end: int) -> Span:
    """Return the half-open span of the sentence that holds `text[start:end]`, marks included.

    >>> text = "屏幕很好。客服太差！不买了"
    >>> text[slice(*sentence_around(text, 5, 7))]
    '客服太差！'
    """
    return _around(_SENTENCE_END, text, start, end, marks=True)


def clause_around(text: str, start: int, end: int) -> Span:
    """Return the half-open span of the clause that holds `text[start:end]`, marks left out.

    A clause ends at a comma, and before a word that turns (但是, 不过); 、 only counts up.

    >>> text = "屏幕、音质都好，但客服太差"
    >>> text[slice(*clause_around(text, 3, 5))], text[slice(*clause_around(text, 9, 11))]
    ('屏幕、音质都好', '但客服太差')
    """
    return _around(_CLAUSE_END, text, start, end, marks=False)


def whole_words(text: str, start: int, end: int) -> Span:
    """Return `text[start:end]` grown to whole words: a network that reads pieces may cut one.

    Only within its clause, by `MOST_GROWN` signs at most, and by none that judges.

    >>> whole_words("這個電飯鍋很好", 2, 3)
    (2, 5)
    """
    first, last = clause_around(text, start, end)
    if not first <= start < end <= last:
        return start, end
    clause = normalise(text[first:last])
    spans = [clause.original_span(*span) for span in word_spans(clause.text)]
    begin = min(
        (first + one for one, two in spans if first + two > start >= first + one), default=start
    )
    stop = max((first + two for one, two in spans if first + one < end <= first + two), default=end)
    grown = text[begin:start] + text[end:stop]
    fits = len(grown) <= MOST_GROWN and not _JUDGING & set(grown)
    return (begin, stop) if fits else (start, end)


def excerpt(text: str, start: int, end: int, limit: int) -> str:
    """Return the sentence around `text[start:end]`, at most `limit` characters, the span within.

    A longer sentence is cut, with an ellipsis where something is left out; white space is one
    blank. A span longer than `limit` is cut too.

    >>> excerpt("包装不错。这个屏幕的颜色我真的是非常非常喜欢", 7, 9, 12)
    '这个屏幕的颜色我真的是…'
    """
    first, last = sentence_around(text, start, end)
    if last - first <= limit:
        return " ".join(text[first:last].split())
    room = limit - 2 * len(ELLIPSIS)
    begin = max(first, min(start - (room - (end - start)) // 2, start))
    if begin == first:
        return " ".join(text[first : first + limit - 1].split()) + ELLIPSIS
    if last - begin < limit:
        return ELLIPSIS + " ".join(text[last - limit + 1 : last].split())
    return ELLIPSIS + " ".join(text[begin : begin + room].split()) + ELLIPSIS


def _around(ends: re.Pattern[str], text: str, start: int, end: int, *, marks: bool) -> Span:
    first, last = 0, len(text)
    for match in ends.finditer(text):
        if match.end() <= start:
            first = match.end()
        elif match.start() >= end:
            last = match.end() if marks else match.start()
            break
    return first, last
