"""Content violations: words of a list that the user supplies, found in masked texts.

The list is never shipped. It is matched as alternations of an automaton (RE2), some hundred words
at a time, after width, case and the spaces between Chinese letters were evened out.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import narwhals as nw
import pyarrow as pa
import pyarrow.compute as pc

from tiering.errors import PolicyError
from tiering.frames import Frame, attach, collect
from tiering.policy import RiskSigns

AT_ONCE = 400
"""Words in one automaton: larger ones outgrow the memory that RE2 allows itself."""
MOST_WORDS = 50_000
AFTER_HAN = r"(\p{Han})\s+"
SPECIAL = re.compile(r"([\\.+*?()|\[\]{}^$])")
ENGLISH = "; sensitive words in {} texts (such as {})"
CHINESE = "；{} 条内容含敏感词（如 {}）"


def read_words(path: Path) -> tuple[str, ...]:
    """Return the words of a list: UTF-8, one a line; `#` begins a remark. Each stands once.

    Raises
    ------
    PolicyError
        The file cannot be read, holds no word or too many, or a word of fewer than two letters or
        with a character that no text has (NUL).
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(
            f"{path} cannot be read as a list of words: {error}; give one word a line in UTF-8",
            f"{path} 无法作为词表读取：{error}；请提供 UTF-8 文件，每行一词",
        ) from error
    words = dict.fromkeys(
        _word(path, number, line) for number, line in enumerate(lines, 1) if _is_word(line)
    )
    if not 1 <= len(words) <= MOST_WORDS:
        raise PolicyError(
            f"{path}: {len(words)} words; give 1 to {MOST_WORDS}, one a line",
            f"{path}：共 {len(words)} 个词；须为 1 到 {MOST_WORDS} 个，每行一词",
        )
    return tuple(words)


def measure_words(posts: Frame, words: Sequence[str], signs: RiskSigns) -> Frame:
    """Return one row for each customer with a text that holds a word of the list.

    Columns: `violations` (such texts), `lost_violations`, and a sentence that names the first of
    them by its id, `words_en`, `words_zh`. The word itself is not repeated.
    """
    texts = collect(posts.select("id", "customer_id", "masked_text"))
    found = texts.filter(holds_any(texts["masked_text"], words)).select(["id", "customer_id"])
    plain = pa.schema([("id", pa.string()), ("customer_id", pa.string())])
    rows = attach(found.cast(plain), posts)
    several = rows.group_by("customer_id").agg(
        nw.len().alias("violations"), nw.col("id").min().alias("such_as")
    )
    several = several.with_columns(violations=nw.col("violations").cast(nw.Int64))
    figures = nw.col("violations"), nw.col("such_as")
    return several.select(
        "customer_id",
        "violations",
        lost_violations=signs.violations.at(nw.col("violations")),
        words_en=nw.format(ENGLISH, *figures),
        words_zh=nw.format(CHINESE, *figures),
    )


def holds_any(texts: pa.ChunkedArray, words: Sequence[str]) -> pa.ChunkedArray:
    """Return for each text whether it holds a word of the list; false where there is no text.

    A word of Latin letters only counts as a whole word, any other wherever it stands.

    >>> holds_any(pa.chunked_array([["买 Ｖ X号", "vxing", None]]), ["vx", "买v"]).to_pylist()
    [True, False, False]
    """
    even = pc.utf8_lower(pc.utf8_normalize(texts.cast(pa.string()), form="NFKC"))
    even = pc.replace_substring_regex(even, AFTER_HAN, r"\1")
    found = pc.if_else(pc.is_valid(even), False, False)  # all false
    for pattern in _patterns(words):
        found = pc.or_(found, pc.fill_null(pc.match_substring_regex(even, pattern), False))
    return found


def evened(word: str) -> str:
    """Return a word as it is looked for: width, case and spaces after Chinese letters even."""
    lower = unicodedata.normalize("NFKC", word).lower()
    return re.sub(r"([\u3400-\u9fff])\s+", r"\1", lower)


def _patterns(words: Sequence[str]) -> Iterator[str]:
    ready = [_pattern(evened(word)) for word in words]
    for start in range(0, len(ready), AT_ONCE):
        yield "|".join(ready[start : start + AT_ONCE])


def _pattern(word: str) -> str:
    literal = SPECIAL.sub(r"\\\1", word)
    return rf"\b{literal}\b" if re.fullmatch(r"[0-9a-z ]+", word) else literal


def _is_word(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _word(path: Path, number: int, line: str) -> str:
    word = line.strip()
    if len(evened(word)) >= 2 and word.isprintable():
        return word
    raise PolicyError(
        f"{path}, line {number}: {word!r} must have at least two letters and no control "
        "characters; a single letter stands in nearly every text",
        f"{path} 第 {number} 行：{word!r} 须至少两个字且不含控制字符；单字几乎每条文本都有",
    )
