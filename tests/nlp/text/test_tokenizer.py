"""The spaCy tokenizer: same text, own words, saved and read again."""

import pickle

import pytest
import spacy

from nlp.text import JiebaTokenizer
from nlp.text.tokenizer import TOKENIZER_NAME

TEXTS = [
    "我不满意，客服没人理[泪]",
    "a  b",
    " 好 ",
    "甲\u3000乙",
    "换行\n\n再换\r\n",
    "😂👨‍👩‍👧 ok",
    "\x00好",
    "",
    " ",
    "Hello world.",
]
WORD = "大白兔奶糖味"


def pipeline(user_words=()):
    tokenizer = {"@tokenizers": TOKENIZER_NAME, "user_words": list(user_words)}
    return spacy.blank("zh", config={"nlp": {"tokenizer": tokenizer}})


@pytest.fixture(scope="module")
def nlp():
    return pipeline([WORD])


@pytest.mark.parametrize("text", TEXTS)
def test_the_text_is_kept(nlp, text):
    assert nlp(text).text == text


def test_a_single_space_is_no_token(nlp):
    assert [token.text for token in nlp("ok 好  的")] == ["ok", "好", " ", "的"]


def test_a_lone_surrogate_becomes_a_replacement(nlp):
    assert nlp("好\ud800的").text == "好\ufffd的"


def test_words_are_those_of_the_cutter(nlp):
    assert [token.text for token in nlp("我不满意[泪]")] == ["我", "不满意", "[泪]"]


def test_user_words_do_not_leak(nlp):
    assert [token.text for token in nlp(WORD)] == [WORD]
    assert [token.text for token in pipeline()(WORD)] != [WORD]


def test_user_words_survive_bytes(nlp):
    again = pipeline().from_bytes(nlp.to_bytes())
    assert [token.text for token in again(WORD)] == [WORD]


def test_user_words_survive_disk(nlp, tmp_path):
    nlp.to_disk(tmp_path / "model")
    again = spacy.load(tmp_path / "model")
    assert isinstance(again.tokenizer, JiebaTokenizer)
    assert again.tokenizer.user_words == (WORD,)
    assert [token.text for token in again(WORD)] == [WORD]


def test_the_tokenizer_survives_pickling(nlp):
    again = pickle.loads(pickle.dumps(nlp.tokenizer))
    assert [token.text for token in again(WORD)] == [WORD]


def test_texts_stream_with_their_context(nlp):
    rows = [(text, number) for number, text in enumerate(TEXTS)]
    streamed = [(doc.text, number) for doc, number in nlp.pipe(rows, as_tuples=True)]
    assert streamed == rows
