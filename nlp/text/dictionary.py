"""A user's own words and what they mean, from a file: `word, meaning` as CSV or YAML.

A word with a meaning is put into plain Mandarin before the model reads the text; one without only
stays whole. The encoding, UTF-8 or GB18030, is found by content.
"""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from pathlib import Path

from nlp.text.errors import DictionaryError
from nlp.text.slang import Entry

LONGEST = 32
MOST_WORDS = 50_000
WORD_HEADS = ("word", "词", "词语", "单词", "俗语")
MEANING_HEADS = ("meaning", "含义", "意思", "释义", "解释")
_HANZI = 0x2E80

Row = tuple[int, str, str]


def read_dictionary(path: Path | str) -> tuple[Entry, ...]:
    r"""Return the entries of a dictionary file, in its order.

    CSV: a word and, where it has one, its meaning on each line, with or without a first line
    `word,meaning` (词,含义). YAML (`.yaml`, `.yml`): a mapping of words to meanings, or a list of
    words. Empty lines and lines that start with # are left out.

    Raises
    ------
    DictionaryError
        The file is missing, mixes encodings, or a line holds no usable word; names the line.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "words.csv"
    ...     _ = file.write_text("听听机,\n绝绝紫,非常好\n", encoding="gb18030")
    ...     [(entry.word, entry.meaning, entry.rewrite) for entry in read_dictionary(file)]
    [('听听机', '', False), ('绝绝紫', '非常好', True)]
    """
    path = Path(path)
    text = _decoded(path, _bytes_of(path))
    rows = _yaml_rows if path.suffix.lower() in (".yaml", ".yml") else _csv_rows
    entries: dict[str, Entry] = {}
    first: dict[str, int] = {}
    for line, word, meaning in rows(path, text):
        entry = _entry(path, line, word, meaning)
        key = entry.word.lower()
        if key in entries and entries[key].meaning != entry.meaning:
            raise _fault(
                path,
                line,
                f"{entry.word!r} means {entry.meaning!r} here and {entries[key].meaning!r} on line "
                f"{first[key]}; keep one",
                f"“{entry.word}”在此为“{entry.meaning}”，在第 {first[key]} 行为"
                f"“{entries[key].meaning}”；请只保留一个",
            )
        entries.setdefault(key, entry)
        first.setdefault(key, line)
    if not 0 < len(entries) <= MOST_WORDS:
        raise DictionaryError(
            f"{path} holds {len(entries):,} words; allowed: 1 to {MOST_WORDS:,}",
            f"{path} 中有 {len(entries):,} 个词；允许 1 至 {MOST_WORDS:,} 个",
        )
    return tuple(entries.values())


def _entry(path: Path, line: int, word: str, meaning: str) -> Entry:
    word, meaning = word.strip(), meaning.strip()
    if not _is_word(word) or not (meaning + "x").isprintable():
        raise _fault(
            path,
            line,
            f"{word!r} is no word; write a word with letters or hanzi, a comma (,), its meaning",
            f"{word!r} 不是词；请写出含文字的词，再写英文逗号和含义",
        )
    if max(len(word), len(meaning)) > LONGEST:
        raise _fault(
            path,
            line,
            f"{max(word, meaning, key=len)!r} is longer than {LONGEST} characters; shorten it",
            f"“{max(word, meaning, key=len)}”超过 {LONGEST} 个字符；请缩短",
        )
    if meaning and len(word) == 1:
        raise _fault(
            path,
            line,
            f"{word!r} is one character, and every text with it would change; write a longer word",
            f"“{word}”只有一个字，会改动所有含该字的文本；请写更长的词",
        )
    return Entry(word, meaning, "user", bool(meaning) and meaning != word)


def _is_word(word: str) -> bool:
    letters = any(sign.isalpha() for sign in word)
    return letters and word.isprintable() and not {",", "，"} & set(word)


def _fault(path: Path, line: int, en: str, zh: str) -> DictionaryError:
    return DictionaryError(f"{path}, line {line}: {en}", f"{path} 第 {line} 行：{zh}")


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DictionaryError(
            f"{path} cannot be read ({error.strerror}); name a CSV or YAML file of words",
            f"无法读取 {path}（{error.strerror}）；请指定词语的 CSV 或 YAML 文件",
        ) from error


def _decoded(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        broken = content.count(b"\n", 0, error.start) + 1
    lines = content.splitlines()
    if whole := next((n for n, line in enumerate(lines, 1) if _is_chinese_utf8(line)), None):
        raise DictionaryError(
            f"{path} mixes encodings: line {whole} is UTF-8, line {broken} is not; save the file "
            "again in one encoding, UTF-8 for instance",
            f"{path} 混用了编码：第 {whole} 行是 UTF-8，第 {broken} 行不是；请以同一种编码"
            "（如 UTF-8）重新保存",
        )
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _fault(
            path,
            line,
            "neither UTF-8 nor GB18030; save the file as UTF-8",
            "既不是 UTF-8 也不是 GB18030；请将文件另存为 UTF-8",
        ) from error


def _is_chinese_utf8(line: bytes) -> bool:
    """Tell whether a line is UTF-8 with hanzi; bytes of GB18030 that form UTF-8 never make any."""
    try:
        return any(ord(sign) >= _HANZI for sign in line.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _csv_rows(path: Path, text: str) -> Iterator[Row]:
    reader = csv.reader(
        StringIO(text, newline=""), delimiter="\t" if path.suffix == ".tsv" else ","
    )
    places = (0, 1)
    try:
        for number, cells in enumerate(reader):
            if not any(cell.strip() for cell in cells) or cells[0].lstrip().startswith("#"):
                continue
            if number == 0 and (heads := _heads(cells)):
                places = heads
                continue
            if len(cells) > max(places) + 1 and places == (0, 1) and any(cells[2:]):
                raise _fault(
                    path,
                    reader.line_num,
                    f"{len(cells)} columns; allowed: a word and its meaning",
                    f"有 {len(cells)} 列；只允许词和含义两列",
                )
            word, meaning = (cells[at] if at < len(cells) else "" for at in places)
            yield reader.line_num, word, meaning
    except csv.Error as error:
        raise _fault(path, reader.line_num, f"{error}", f"{error}") from error


def _heads(cells: Iterable[str]) -> tuple[int, int] | None:
    names = [cell.strip().lower() for cell in cells]
    words = [place for place, name in enumerate(names) if name in WORD_HEADS]
    meanings = [place for place, name in enumerate(names) if name in MEANING_HEADS]
    return (words[0], meanings[0] if meanings else len(names)) if words else None


def _yaml_rows(path: Path, text: str) -> Iterator[Row]:
    import yaml

    from nlp.yaml_nodes import compose, fault_of

    try:
        root = compose(text)
    except (yaml.YAMLError, RecursionError) as error:
        line, why = fault_of(error)
        raise _fault(path, line or 1, f"no YAML: {why}", f"不是 YAML：{why}") from error
    pairs = root.value if isinstance(root, yaml.MappingNode) else ()
    words = root.value if isinstance(root, yaml.SequenceNode) else ()
    for key, value in [*pairs, *((word, None) for word in words)]:
        nodes = (key,) if value is None else (key, value)
        if not all(isinstance(node, yaml.ScalarNode) for node in nodes):
            raise _fault(
                path,
                key.start_mark.line + 1,
                "neither `word: meaning` nor `- word`",
                "既不是“词: 含义”也不是“- 词”",
            )
        empty = value is None or value.tag == "tag:yaml.org,2002:null"
        yield key.start_mark.line + 1, key.value, "" if empty else value.value
