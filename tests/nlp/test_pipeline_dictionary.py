"""A user's dictionary belongs to its pipeline, and goes where the pipeline goes."""

import pickle

import pytest
import spacy

import nlp
from nlp.text import Entry

WORD = "听听奶盖"
ENTRIES = (
    Entry(WORD, "", "user", rewrite=False),
    Entry("绝绝紫", "非常糟糕，很失望", "user", rewrite=True),
)
TEXT = f"{WORD}绝绝紫"


@pytest.fixture(scope="module")
def mine():
    return nlp.load(dictionary=ENTRIES)


@pytest.fixture(scope="module")
def plain():
    return nlp.load()


def read(pipeline):
    (signals,) = nlp.analyze(pipeline, [TEXT])
    return [token.text for token in pipeline(TEXT)], signals


def test_two_pipelines_do_not_leak(mine, plain):
    words, signals = read(mine)
    assert words == [WORD, "绝绝紫"]
    assert signals.sentiment == "negative"
    assert signals.masked_text == TEXT
    others, other = read(plain)
    assert WORD not in others
    assert other.p_negative < signals.p_negative


def test_words_and_meanings_survive_the_disk(mine, tmp_path):
    mine.to_disk(tmp_path / "model")
    assert read(spacy.load(tmp_path / "model")) == read(mine)


def test_words_and_meanings_survive_pickling(mine):
    assert read(pickle.loads(pickle.dumps(mine))) == read(mine)
