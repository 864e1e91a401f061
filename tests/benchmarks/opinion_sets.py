"""The public sets of aspect terms, as texts with spans: read for measuring, one reader a form."""

import ast
import csv
import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from nlp.labels import Sentiment
from nlp.training.corpora import POLARITY

TERM = "$T$"
TERM_SETS = {
    "camera": "103.camera",
    "car": "104.car",
    "mooc": "105.mooc",
    "notebook": "106.notebook",
    "phone": "107.phone",
    "hair": "108.shampoo",
}
SPACED = 1 / 3
BDCI_POLARITY: dict[str, Sentiment] = {"-1": "negative", "0": "neutral", "1": "positive"}
TEST_OF = 5
LINES = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """A text, and the terms in it that somebody labelled: (start, end, polarity)."""

    text: str
    terms: tuple[tuple[int, int, Sentiment], ...]


@dataclass(frozen=True, slots=True)
class Post:
    """A forum post, and the aspects that it judges, each with a polarity."""

    text: str
    aspects: dict[str, Sentiment]


def term_set(name: str, data: Path, split: str) -> list[Judged]:
    """Return a split of camera, car, mooc, notebook, phone or hair; each sentence once."""
    path = data / "absa-zh" / TERM_SETS[name] / f"{name}.{split}.txt"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    found: dict[str, dict[tuple[int, int], Sentiment]] = {}
    for first in range(0, len(lines) - LINES + 1, LINES):
        frame, term, mark = lines[first : first + LINES]
        if TERM in frame:
            text, start, end = _filled(frame, term)
            found.setdefault(text, {})[start, end] = POLARITY[mark.strip()]
    return [Judged(text, _ordered(terms)) for text, terms in found.items()]


def restaurants(data: Path, split: str) -> list[Judged]:
    """Return a split of 405.Chinese_Zhang; a term judged both ways is neutral."""
    name = "train.txt.gz" if split == "train" else f"{split}.txt"
    path = data / "absa-zh" / "405.Chinese_Zhang" / name
    raw = path.read_bytes()
    lines = (gzip.decompress(raw) if name.endswith("gz") else raw).decode("utf-8-sig").splitlines()
    return [_restaurant(line) for line in lines if "####" in line]


def cosmetics(data: Path, split: str) -> list[Judged]:
    """Return a split of makeup-opinion-zhijiang; a term judged both ways is neutral."""
    path = data / "makeup-opinion-zhijiang" / f"{split}.jsonl"
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Judged(
            row["sentence"],
            _merged((first, last + 1, mark) for first, last, _, _, mark in row["relations"]),
        )
        for row in rows
    ]


def car_posts(data: Path, split: str) -> list[Post]:
    """Return my own split of bdci2018-car-opinion: one in five, by the digest of the post."""
    path = data / "bdci2018-car-opinion" / "train_2.csv"
    found: dict[str, dict[str, Sentiment]] = {}
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            if _is_test(row["content"]) == (split == "test"):
                polarity = BDCI_POLARITY[row["sentiment_value"]]
                found.setdefault(row["content"], {})[row["subject"]] = polarity
    return [Post(text, aspects) for text, aspects in found.items()]


def restaurant_reviews(data: Path) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the 300 sample reviews of ASAP with the aspects that they mention."""
    for split in ("train", "dev", "test"):
        path = data / "asap-samples" / f"{split}_sample.csv"
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                names = list(row)[3:]
                yield row["reviewbody"], frozenset(n for n in names if float(row[n]) != -2)


def _filled(frame: str, term: str) -> tuple[str, int, int]:
    """Return the sentence with its term, without the spaces between its characters."""
    spaced = frame.count(" ") > SPACED * len(frame)
    blank = "" if spaced else " "
    before, _, after = frame.partition(TERM)
    parts = [_joined(part, blank) for part in (before, term, after.replace(TERM, term))]
    start = len(parts[0])
    return "".join(parts), start, start + len(parts[1])


def _joined(part: str, blank: str) -> str:
    inner = blank.join(part.split())
    before = blank if inner and part[:1].isspace() else ""
    return before + inner + (blank if inner and part[-1:].isspace() else "")


def _restaurant(line: str) -> Judged:
    """Return a sentence of 405: its spans count tokens (a Latin word is one), ends included."""
    sentence, _, marks = line.strip().partition("####")
    tokens = sentence.split()
    starts = [0, *accumulate(map(len, tokens))]
    spans = (
        (starts[first], starts[last + 1], mark)
        for (first, last), _, mark in ast.literal_eval(marks)
        if first >= 0
    )
    return Judged("".join(tokens), _merged(spans))


def _merged(spans: Iterable[tuple[int, int, str]]) -> tuple[tuple[int, int, Sentiment], ...]:
    found: dict[tuple[int, int], Sentiment] = {}
    for start, end, mark in spans:
        if start >= 0:
            polarity = POLARITY[mark]
            same = found.get((start, end), polarity) == polarity
            found[start, end] = polarity if same else "neutral"
    return _ordered(found)


def _ordered(
    terms: dict[tuple[int, int], Sentiment],
) -> tuple[tuple[int, int, Sentiment], ...]:
    return tuple((start, end, polarity) for (start, end), polarity in sorted(terms.items()))


def _is_test(content: str) -> bool:
    return int(hashlib.sha256(content.encode()).hexdigest(), 16) % TEST_OF == 0
