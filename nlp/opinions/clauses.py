"""Where a sentence and a clause end, so that an opinion is read and quoted with its own words."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from nlp.text import normalise, word_spans

Span = tuple[int, int]

_SENTENCE_END = re.compile(r"[。！？!?；;\n\r]+|…+|\.{3,}")
_TURN = "但是|但|不过|可是|然而|只是|就是|可惜|而且|反而|除了"
_TURN_STARTS = "".join({word[0] for word in _TURN.split("|")})
CLAUSE_MARKS = r"。！？!?；;\n\r，,：:…~～"
_CLAUSE_END = re.compile(  # one look at a sign tells of most that nothing ends there
    rf"(?=[{CLAUSE_MARKS}.\s{_TURN_STARTS}])(?:[{CLAUSE_MARKS}]+|\.{{3,}}|(?<=\w)\s+(?=\w)|(?={_TURN}))"
)
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
    return _breaks(_SENTENCE_END, text).around(start, end, marks=True)


def clause_around(text: str, start: int, end: int) -> Span:
    """Return the half-open span of the clause that holds `text[start:end]`, marks left out.

    A clause ends at a comma, and before a word that turns (但是, 不过); 、 only counts up.

    >>> text = "屏幕、音质都好，但客服太差"
    >>> text[slice(*clause_around(text, 3, 5))], text[slice(*clause_around(text, 9, 11))]
    ('屏幕、音质都好', '但客服太差')
    """
    return clauses_around(text, [(start, end)])[0]


def clauses_around(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return the clause of each span, as `clause_around` gives it; the text is searched once."""
    if not spans:
        return ()
    breaks = _breaks(_CLAUSE_END, text)
    return tuple(breaks.around(start, end, marks=False) for start, end in spans)


def whole_words(text: str, start: int, end: int) -> Span:
    """Return `text[start:end]` grown to whole words: a network that reads pieces may cut one.

    Only within its clause, by `MOST_GROWN` signs at most, and by none that judges.

    >>> whole_words("這個電飯鍋很好", 2, 3)
    (2, 5)
    """
    return all_whole_words(text, [(start, end)])[0]


def all_whole_words(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return each span grown as `whole_words` grows it; what they share is cut once."""
    clauses = clauses_around(text, spans)
    told = [
        (span, clause, _may_grow(text, span, clause))
        for span, clause in zip(spans, clauses, strict=True)
    ]
    words = {clause: _words(text, *clause) for clause in {cut for _, cut, grows in told if grows}}
    return tuple(
        _grown(text, *span, words[clause]) if grows else span for span, clause, grows in told
    )


def _may_grow(text: str, span: Span, clause: Span) -> bool:
    """Tell whether a span may grow on a side: most begin their clause and are judged at once."""
    (start, end), (first, last) = span, clause
    if not first <= start < end <= last:
        return False
    before, after = text[max(first, start - 1) : start], text[end : min(end + 1, last)]
    return not (_JUDGING.issuperset(before) and _JUDGING.issuperset(after))


def _words(text: str, first: int, last: int) -> list[Span]:
    """Return the spans of the words of `text[first:last]`, cut in one spelling."""
    clause = normalise(text[first:last])
    spans = (clause.original_span(*span) for span in word_spans(clause.text))
    return [(first + start, first + end) for start, end in spans]


def _grown(text: str, start: int, end: int, words: Sequence[Span]) -> Span:
    reached = bisect_right(words, start, key=itemgetter(1))
    begun = bisect_left(words, end, key=itemgetter(0))
    begin = min([start, *(first for first, _ in words[reached : reached + 1])])
    stop = max([end, *(last for _, last in words[begun - 1 : begun])])
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


@dataclass(frozen=True, slots=True)
class _Breaks:
    """Where the marks start and end that break a text; the end of the text is the last of them."""

    starts: list[int]
    ends: list[int]

    def around(self, start: int, end: int, *, marks: bool) -> Span:
        """Return what stands between the breaks beside a span, the later one's marks included."""
        last = len(self.ends) - 1
        before = bisect_right(self.ends, start, hi=last)
        after = bisect_left(self.starts, end, lo=before, hi=last)
        begin = self.ends[before - 1] if before else 0
        return begin, (self.ends if marks else self.starts)[after]


def _breaks(pattern: re.Pattern[str], text: str) -> _Breaks:
    spans = [*(match.span() for match in pattern.finditer(text)), (len(text), len(text))]
    return _Breaks([start for start, _ in spans], [end for _, end in spans])
