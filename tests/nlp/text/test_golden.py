"""Personal data and spam against hand-written golden files: precision and recall."""

import csv
import re
from itertools import islice
from pathlib import Path

import pytest

from nlp.text import find_personal_data, is_spam, mask
from tests.nlp.text.order_numbers import FORMATS, order_texts

FOLDER = Path(__file__).parent / "golden"
MARKED = re.compile(r"【(\w+):(.*?)】")
Piece = tuple[str, int, int]


def marked_lines() -> list[tuple[str, set[Piece]]]:
    """Return the texts of the file, and the kind, start and end of what is marked in each."""
    lines = (FOLDER / "personal_data.txt").read_text("utf-8").splitlines()
    return [unmarked(line) for line in lines if not line.startswith("#")]


def unmarked(line: str) -> tuple[str, set[Piece]]:
    text, done, truth = "", 0, set()
    for found in MARKED.finditer(line):
        text += line[done : found.start()]
        truth.add((found[1], len(text), len(text) + len(found[2])))
        text, done = text + found[2], found.end()
    return text + line[done:], truth


def spam_rows() -> list[tuple[bool, str]]:
    with (FOLDER / "spam.tsv").open(encoding="utf-8", newline="") as file:
        return [(row["spam"] == "1", row["text"]) for row in csv.DictReader(file, delimiter="\t")]


def test_personal_data_precision_and_recall():
    lines = marked_lines()
    assert len(lines) >= 170
    truth = {(text, *piece) for text, pieces in lines for piece in pieces}
    found = {(text, d.kind, d.start, d.end) for text, _ in lines for d in find_personal_data(text)}
    assert len(found & truth) / len(found) >= 0.99
    assert len(found & truth) / len(truth) >= 0.98


@pytest.mark.parametrize(("text", "truth"), marked_lines(), ids=lambda value: str(value)[:30])
def test_what_is_masked_is_what_is_marked(text, truth):
    masked = mask(text)
    hidden = {place for place, sign in enumerate(masked) if sign == "*" != text[place]}
    personal = {place for _, start, end in truth for place in range(start, end)}
    assert hidden == {place for place in personal if text[place].isalnum()}


def test_order_numbers_are_hardly_ever_taken_for_a_person():
    texts = order_texts(10_000, seed=7)
    assert {name for name, _ in texts} == set(FORMATS)
    wrong = [
        (name, text, data.kind)
        for name, text in texts
        for data in find_personal_data(text)
        if data.kind != "order"
    ]
    assert len(wrong) <= 5, wrong


@pytest.mark.parametrize("lead", ["订单号", "运单号：", "快递单号 "])
def test_a_named_order_number_is_masked_as_one(lead):
    for _, text in order_texts(240, seed=11):
        number = re.sub(r"[\u4e00-\u9fff：，]", "", text)
        kinds = {data.kind for data in find_personal_data(f"{lead}{number}，查一下")}
        assert kinds == {"order"}, number


@pytest.mark.parametrize("half", [0, 1], ids=["looked at", "held out"])
def test_spam_precision_and_recall(half):
    rows = list(islice(spam_rows(), half, None, 2))
    assert len(rows) >= 70
    found = {text for _, text in rows if is_spam(text)}
    spam = {text for truth, text in rows if truth}
    assert len(found & spam) / len(found) >= 0.95
    assert len(found & spam) / len(spam) >= 0.6
