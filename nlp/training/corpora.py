"""The public data sets that training reads, one reader each, in one written-out table.

Every reader takes the data folder and yields examples. Categories and splits that are measured are
left out here by name; single texts are left out by `nlp.training.exclusion`.
"""

import ast
import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from nlp.gold import Example, TargetSpan
from nlp.labels import Sentiment
from nlp.training.exclusion import comparison_form

HELD_OUT_CATEGORIES = frozenset({"热水器", "蒙牛"})
POLARITY: dict[str, Sentiment] = {
    "POS": "positive",
    "NEU": "neutral",
    "NEG": "negative",
    "Positive": "positive",
    "Neutral": "neutral",
    "Negative": "negative",
}


@dataclass(frozen=True, slots=True)
class Corpus:
    """A data set: how to read it, and what the model card says of it."""

    read: Callable[[Path], Iterator[Example]]
    folder: str
    licence: str
    used_for: str


def read_online_shopping(data: Path) -> Iterator[Example]:
    """Yield the reviews of online_shopping_10_cats, without the held-out categories."""
    path = data / "online-shopping-10-cats" / "online_shopping_10_cats.zip"
    with zipfile.ZipFile(path) as archive, archive.open("online_shopping_10_cats.csv") as raw:
        for row in csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")):
            if row["review"] and row["cat"] not in HELD_OUT_CATEGORIES:
                yield _polar(row["review"], row["label"] == "1", "online-shopping")


def read_waimai(data: Path) -> Iterator[Example]:
    """Yield the food-delivery reviews of waimai_10k."""
    path = data / "waimai-10k" / "waimai_10k.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            yield _polar(row["review"], row["label"] == "1", "waimai")


def read_weibo(data: Path) -> Iterator[Example]:
    """Yield the training split of the Weibo 2018 polarity set."""
    path = data / "weibo2018-sentiment" / "train.txt"
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            _, label, text = line.rstrip("\n").split(",", 2)
            yield _polar(text, label == "1", "weibo")


def read_hotels(data: Path) -> Iterator[Example]:
    """Yield the hotel reviews of ChnSentiCorp_htl_all."""
    path = data / "chnsenticorp-htl-all" / "ChnSentiCorp_htl_all.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["review"]:
                yield _polar(row["review"], row["label"] == "1", "hotels")


def read_chnsenticorp(data: Path) -> Iterator[Example]:
    """Yield the training split of ChnSentiCorp (hotels, books, computers)."""
    path = data / "chnsenticorp" / "train.tsv"
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            text, _, label = line.rstrip("\n").rpartition("\t")
            if label in ("0", "1", "negative", "positive"):
                yield _polar(text, label in ("1", "positive"), "chnsenticorp")


def read_makeup(data: Path) -> Iterator[Example]:
    """Yield the cosmetics reviews with aspect spans and their polarity."""
    with (data / "makeup-opinion-zhijiang" / "train.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            spans = ((first, last + 1, mark) for first, last, _, _, mark in row["relations"])
            yield _aspects(row["sentence"], spans, "makeup-opinions")


def read_restaurants(data: Path) -> Iterator[Example]:
    """Yield the restaurant sentences of 405.Chinese_Zhang with aspect spans and polarity.

    Spans count tokens, of which a Latin word or a number is one, and their ends are included. A
    sentence that stands in the test split too is left out.
    """
    folder = data / "absa-zh" / "405.Chinese_Zhang"
    measured = {
        comparison_form(line.partition("####")[0])
        for line in (folder / "test.txt").read_text(encoding="utf-8-sig").splitlines()
    }
    with gzip.open(folder / "train.txt.gz", "rt", encoding="utf-8-sig") as lines:
        for line in lines:
            sentence, _, marks = line.strip().partition("####")
            if comparison_form(sentence) not in measured:
                yield _restaurant(sentence.split(), ast.literal_eval(marks))


CORPORA = {
    "online-shopping": Corpus(
        read_online_shopping, "online-shopping-10-cats", "none stated", "polarity"
    ),
    "waimai": Corpus(read_waimai, "waimai-10k", "none stated", "polarity"),
    "weibo": Corpus(read_weibo, "weibo2018-sentiment", "none stated", "polarity"),
    "hotels": Corpus(read_hotels, "chnsenticorp-htl-all", "none stated", "polarity"),
    "chnsenticorp": Corpus(
        read_chnsenticorp, "chnsenticorp", "Apache-2.0 repository, re-hosted", "polarity"
    ),
    "makeup-opinions": Corpus(read_makeup, "makeup-opinion-zhijiang", "none stated", "targets"),
    "restaurant-opinions": Corpus(
        read_restaurants, "absa-zh", "MIT repository, re-hosted", "targets"
    ),
}


def _polar(text: str, positive: bool, source: str) -> Example:
    return Example(text=text, source=source, positive=positive)


def _aspects(text: str, spans: Iterator[tuple[int, int, str]], source: str) -> Example:
    targets = {TargetSpan(start, end, POLARITY[mark]) for start, end, mark in spans if start >= 0}
    ordered = tuple(sorted(targets, key=lambda span: (span.start, span.end, span.polarity)))
    return Example(text=text, source=source, targets=ordered)


def _restaurant(tokens: list[str], triplets: list[Any]) -> Example:
    starts = [0, *accumulate(map(len, tokens))]
    spans = (
        (starts[first], starts[last + 1], mark) for (first, last), _, mark in triplets if first >= 0
    )
    return _aspects("".join(tokens), spans, "restaurant-opinions")
