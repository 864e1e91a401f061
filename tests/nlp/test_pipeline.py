"""The pipeline on the shipped model: every text gets signals, in order, whatever it is."""

import json
import threading

import pytest

import nlp
from nlp.schema import SIGNAL_COLUMNS

TEXTS = {
    "empty": "",
    "spaces": "  \u3000\n",
    "emoji only": "😡😡😡",
    "one character": "差",
    "English": "The battery died after two days",
    "digits": "1234567890",
    "traditional": "這個手機真的很好用，推薦給大家",
    "full width": "ＡＢＣ１２３，很好！",
    "NUL and controls": "很\x00好\x07用",
    "lone surrogate": "很好\ud83d",
    "long": "前两天还好好的，" * 1_000 + "结果今天就坏了",
    "flood": "！" * 3_000,
    "Cantonese": "呢間舖頭嘅服務態度真係好差",
    "repeats": "哈哈哈哈哈哈哈哈哈哈哈哈",
}


@pytest.fixture(scope="module")
def pipeline():
    return nlp.load(explain=True)


@pytest.fixture(scope="module")
def signals(pipeline):
    return dict(zip(TEXTS, nlp.analyze(pipeline, TEXTS.values()), strict=True))


@pytest.mark.parametrize("name", TEXTS)
def test_signals_keep_their_contract(signals, name):
    found, text = signals[name], TEXTS[name]
    assert tuple(found.as_row()) == SIGNAL_COLUMNS
    assert found.p_negative + found.p_neutral + found.p_positive == pytest.approx(1, abs=2e-4)
    assert found.confidence == max(found.p_negative, found.p_neutral, found.p_positive)
    assert set(found.intents) <= set(nlp.INTENTS)
    assert set(found.complaint) <= set(nlp.COMPLAINTS)
    assert bool(found.complaint) == ("complaint" in found.intents)
    assert found.severity in nlp.SEVERITIES
    assert len(found.masked_text) == len(text)
    for item in found.evidence:
        assert found.masked_text[item.start : item.end] == item.word
    for target in found.targets:
        assert target.span in found.masked_text
    json.dumps(found.as_row(), ensure_ascii=True)


@pytest.mark.parametrize("name", ["empty", "spaces"])
def test_a_text_that_says_nothing_is_left_open(signals, name):
    assert signals[name].abstained
    assert (signals[name].intents, signals[name].severity) == ((), 0)


@pytest.mark.parametrize(
    ("text", "sentiment", "intent"),
    [
        ("用了两天就充不进电了，客服也不理人，太失望了", "negative", "complaint"),
        ("物流很快，包装也好，东西很喜欢，推荐购买", "positive", "praise"),
        ("请问这款有没有蓝色的，什么时候能发货？", "neutral", "inquiry"),
        ("再也不会来了，味道差还贵", "negative", "churn"),
    ],
)
def test_plain_cases_are_read_plainly(pipeline, text, sentiment, intent):
    (found,) = nlp.analyze(pipeline, [text])
    assert found.sentiment == sentiment
    assert intent in found.intents


def test_personal_data_never_leaves(pipeline):
    (found,) = nlp.analyze(pipeline, ["快递一直不到，我的电话是13812345678，尽快联系我"])
    assert "13812345678" not in json.dumps(found.as_row(), ensure_ascii=False)


def test_batch_size_and_company_change_nothing_but_rounding(pipeline):
    texts = ["客服太差了", "很好吃" * 30, "请问多少钱", "还行吧"] * 5
    alone = [next(nlp.analyze(pipeline, [text])) for text in texts]
    together = list(nlp.analyze(pipeline, texts, batch_size=7))
    for one, many in zip(alone, together, strict=True):
        assert one.p_negative == pytest.approx(many.p_negative, abs=0.03)


def test_the_same_call_gives_the_same_answer(pipeline):
    texts = list(TEXTS.values())
    assert list(nlp.analyze(pipeline, texts)) == list(nlp.analyze(pipeline, texts))


def test_input_streams(pipeline):
    taken = []

    def endless():
        while True:
            taken.append(1)
            yield "很好"

    stream = nlp.analyze(pipeline, endless(), batch_size=8)
    assert next(stream).sentiment == "positive"
    assert len(taken) == 8


def test_documents_carry_the_signals_with_their_context(pipeline):
    pairs = [("客服太差了", {"id": 1}), ("很好吃", {"id": 2})]
    found = [
        (doc._.signals.sentiment, context["id"])
        for doc, context in pipeline.pipe(pairs, as_tuples=True)
    ]
    assert found == [("negative", 1), ("positive", 2)]


def test_user_words_are_this_pipeline_s_own():
    mine = nlp.load(explain=True, user_words=["云岭养生壶"])
    assert "云岭养生壶" in [token.text for token in mine("云岭养生壶漏水")]
    assert "云岭养生壶" not in [token.text for token in nlp.load()("云岭养生壶漏水")]


def test_the_pipeline_survives_the_disk(pipeline, tmp_path):
    import spacy

    mine = nlp.load(explain=True, user_words=["云岭养生壶"])
    mine.to_disk(tmp_path / "pipeline")
    again = spacy.load(tmp_path / "pipeline")
    text = "云岭养生壶用了一天就漏水"
    assert [token.text for token in again(text)] == [token.text for token in mine(text)]
    assert again(text)._.signals == mine(text)._.signals


def test_threads_share_a_pipeline(pipeline):
    texts = ["客服太差了", "很好吃", "请问多少钱"] * 4
    expected = [signals.sentiment for signals in nlp.analyze(pipeline, texts)]
    answers = {}

    def read(number):
        reader = pipeline.get_pipe("tingyin_signals")
        docs = reader.pipe([pipeline.make_doc(text) for text in texts])
        answers[number] = [doc._.signals.sentiment for doc in docs]

    threads = [threading.Thread(target=read, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(answers[number] == expected for number in range(4))
