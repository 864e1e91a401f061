"""Every public text function against every awkward text."""

import inspect
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import nlp.text as room

TEXTS = {
    "empty": "",
    "spaces": "  \t\u3000\n ",
    "emoji only": "😂😭👨‍👩‍👧❤️🇨🇳1️⃣[泪]",
    "5,000 characters": ("物流太慢，屏幕有划痕，客服不给退款！" * 300)[:5000],
    "one sign 5,000 times": "啊" * 5000,
    "5,000 digits": "1380013800" * 500,
    "5,000 at signs": "a@" * 2500,
    "5,000 place names": "中山路阳光花园" * 715,
    "5,000 single characters": "加微信" * 1667,
    "5,000 dots": "a." * 2500,
    "5,000 spaces": "  " * 2500,
    "full width": "ＡＰＰ闪退，电话１３８００１３８０００",
    "traditional": "這個軟體很乾淨，客服態度惡劣",
    "NUL": "很\x00好\x00",
    "lone surrogate": "好\ud800的\udfff",
    "English only": "The battery died after two days, very disappointed!!!!!",
    "Cantonese": "佢哋嘅服務態度好差，唔該退錢，仲要等到幾時呀",
}
FUNCTIONS = {
    "normalise": lambda text: room.normalise(text).text,
    "normalise offsets": lambda text: room.normalise(text).offsets.tolist(),
    "find_personal_data": room.find_personal_data,
    "mask": room.mask,
    "word_spans": room.word_spans,
    "words": room.default_cutter().words,
    "is_spam": room.is_spam,
    "spam_reasons": room.spam_reasons,
    "keyphrases": room.keyphrases,
    "count_terms": lambda text: room.count_terms([text]),
    "contrast": lambda text: room.contrast([text], ["物流很快"]),
}
RESULTS = {
    "normalise": str,
    "normalise offsets": list,
    "find_personal_data": tuple,
    "mask": str,
    "word_spans": list,
    "words": list,
    "is_spam": bool,
    "spam_reasons": tuple,
    "keyphrases": tuple,
    "contrast": tuple,
}

each_text = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
each_function = pytest.mark.parametrize("name", FUNCTIONS)


@each_text
@each_function
def test_same_answer_twice_and_the_text_unchanged(name, text):
    before = str(text)
    first = FUNCTIONS[name](text)
    assert FUNCTIONS[name](text) == first
    assert text == before
    assert isinstance(first, RESULTS.get(name, object))


@each_text
@each_function
def test_same_answer_in_four_threads(name, text):
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(FUNCTIONS[name], [text] * 4))
    assert answers == [FUNCTIONS[name](text)] * 4


@each_text
def test_mask_keeps_the_length(text):
    assert len(room.mask(text)) == len(text)


@each_text
def test_spans_lead_back_inside(text):
    found = room.normalise(text)
    assert np.all((found.offsets >= 0) & (found.offsets <= len(text)))


@pytest.mark.parametrize("name", room.__all__)
def test_public_names_are_documented(name):
    public = getattr(room, name)
    if callable(public):
        assert inspect.getdoc(public)


@pytest.mark.parametrize("name", room.__all__)
def test_public_functions_are_annotated(name):
    public = getattr(room, name)
    if inspect.isfunction(public):
        signature = inspect.signature(public)
        assert signature.return_annotation is not inspect.Signature.empty
        assert all(
            parameter.annotation is not inspect.Parameter.empty
            for parameter in signature.parameters.values()
        )


def test_the_front_door_is_sorted_and_whole():
    assert list(room.__all__) == sorted(
        room.__all__, key=lambda name: (not name.isupper(), not name[0].isupper(), name)
    )
    assert all(hasattr(room, name) for name in room.__all__)


def test_an_unknown_name_is_refused():
    with pytest.raises(AttributeError, match="no attribute 'tokenise'"):
        room.tokenise  # noqa: B018


def test_the_door_opens_without_spacy_and_jieba():
    import subprocess

    code = (
        "import sys, nlp.text; nlp.text.normalise('很好'); nlp.text.mask('很好');"
        "print([name for name in ('spacy', 'jieba', 'torch') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
