"""The parts of a reading, as tables of facts."""

import json
import pickle
from itertools import pairwise

import numpy as np
import pytest

import nlp.transcripts as room
from nlp.labels import SENTIMENTS
from nlp.transcripts import (
    FEATURES,
    SATISFACTION,
    LearningError,
    SatisfactionModelError,
    TurnError,
    dialogues_from_rows,
    learn_satisfaction,
    read_dialogues,
    read_model,
    trajectory,
    write_model,
)
from nlp.transcripts.model import SHIPPED
from nlp.transcripts.path import smoothed
from nlp.transcripts.phrasing import (
    accepts,
    gives_up,
    is_filler,
    is_question,
    says_again,
    says_solved,
    says_unsolved,
    threat,
)
from nlp.transcripts.satisfaction import FACTS, GROUPS
from nlp.transcripts.turning import level_starts

ROW = {
    "id": "t1",
    "session_id": "s",
    "turn": 1,
    "role": "customer",
    "sentiment": "negative",
    "masked_text": "漏水",
    "created_at": "2026-03-01T09:30:00+08:00",
}
AWKWARD = {
    "empty": "",
    "emoji only": "😂😭👨‍👩‍👧❤️",
    "5,000 characters": ("物流太慢，客服不给退款！" * 500)[:5000],
    "5,000 greetings": ("您好稍等" * 1250),
    "5,000 same signs": "好" * 5000,
    "NUL": "很\x00好\x00",
    "lone surrogate": "好\ud800的",
    "traditional": "請稍等，馬上為您處理",
    "English": "please refund me, or I go to court",
}


@pytest.mark.parametrize(
    ("text", "filler"),
    [
        ("您好", True),
        ("亲，在的呢", True),
        ("請稍等，馬上為您處理", True),
        ("非常抱歉给您带来不便，还请谅解", True),
        ("您好，我们会尽快为您处理的，感谢您的支持与理解", True),
        ("欢迎光临小店，很高兴为您服务，请问有什么可以帮您？", True),
        ("😊", True),
        ("", True),
        ("今天下午五点前发出。", False),
        ("可以叠加一张。", False),
        ("抱歉，10分钟内回复您", False),
        ("您好，请提供一下订单号", False),
        ("不支持", False),
        ("已为您登记换新", False),
    ],
)
def test_fillers(text, filler):
    assert is_filler(text) is filler


@pytest.mark.parametrize(
    ("finds", "text", "found"),
    [
        (threat, "再不解决我直接12315", "12315"),
        (threat, "我要发到小红书让大家看看", "发到小红书"),
        (threat, "找律师起诉你们", "律师"),
        (threat, "发到杭州要几天", None),
        (says_again, "已经是第三次联系你们", "第三次"),
        (says_again, "我昨天就问过了", "昨天就问过"),
        (says_again, "第一次买，请问怎么用", None),
        (says_solved, "弄好了，谢谢", "弄好了"),
        (says_solved, "还没解决", None),
        (says_solved, "什么时候能修好了", None),
        (says_unsolved, "还是不行啊", "还是不"),
        (says_unsolved, "解决了", None),
        (gives_up, "算了，我考虑考虑", "算了"),
        (gives_up, "不用了，谢谢", None),
        (accepts, "好的谢谢", "谢"),
        (accepts, "ＯＫ", "ok"),
        (accepts, "好，那你们到底什么时候退钱", None),
        (accepts, "好好的东西被你们摔成这样还说没办法", None),
    ],
)
def test_wording(finds, text, found):
    assert finds(text) == found


@pytest.mark.parametrize("text", AWKWARD.values(), ids=AWKWARD.keys())
def test_awkward_texts_are_read(text):
    for finds in (threat, says_again, says_solved, says_unsolved, gives_up, accepts):
        assert isinstance(finds(text), str | None)
    assert isinstance(is_filler(text), bool)
    assert isinstance(is_question(text), bool)
    rows = [{**ROW, "id": f"t{n}", "turn": n, "masked_text": text} for n in (1, 2, 3)]
    rows[1]["role"] = "agent"
    (found,) = read_dialogues(dialogues_from_rows(rows))
    (again,) = pickle.loads(pickle.dumps(read_dialogues(dialogues_from_rows(rows))))
    assert found.as_row() == again.as_row()
    json.dumps(found.as_row())


@pytest.mark.parametrize(
    ("values", "starts"),
    [
        pytest.param([], (), id="nothing"),
        pytest.param([-0.9], (0,), id="one"),
        pytest.param([0.0, 0.1, -0.9, -0.8], (0, 2), id="falls"),
        pytest.param([-0.9, -0.8, 0.7, 0.9], (0, 2), id="rises"),
        pytest.param([0.0, 0.1, -0.7, 0.0, 0.1], (0,), id="one odd turn"),
        pytest.param([0.8, 0.9, -0.9, -0.9, 0.8, 0.9], (0, 2, 4), id="dips"),
    ],
)
def test_levels(values, starts):
    assert level_starts(values) == starts


def test_the_cut_into_levels_is_the_cheapest_of_all():
    rng = np.random.default_rng(7)
    for _ in range(20):
        values = rng.uniform(-1, 1, 8)
        costs = {}
        for mask in range(1 << 7):
            edges = [0, *(n + 1 for n in range(7) if mask >> n & 1), 8]
            parts = [values[a:b] for a, b in pairwise(edges)]
            costs[tuple(edges[:-1])] = sum(((p - p.mean()) ** 2).sum() + 0.5 for p in parts)
        assert level_starts(values.tolist()) == min(costs, key=costs.get)


def test_a_long_dialogue_is_cut_in_time():
    assert level_starts([0.5] * 2000 + [-0.5] * 2000) == (0, 2000)


def test_smoothing_by_hand():
    assert smoothed([1.0, 0.0, -1.0], 0.5) == [1.0, 0.5, -0.25]


def test_features_by_hand():
    found = trajectory(["neutral", "negative", "negative", "positive"])
    assert set(found) == set(FEATURES)
    assert found["negative_share"] == 0.5
    assert found["negative_run"] == pytest.approx(np.log(3))
    assert (found["negative_begin"], found["positive_third"], found["positive_last"]) == (0, 1, 1)
    assert found["lowest"] == pytest.approx(-0.64)
    assert found["slope"] == pytest.approx((-1 * 0 + 1 / 3 * 1 - 1 / 3 * 1 + 1 * 1) / (20 / 9))
    assert (found["falls"], found["rises"]) == (pytest.approx(np.log(2)), pytest.approx(np.log(2)))


@pytest.mark.parametrize("sentiment", SENTIMENTS)
@pytest.mark.parametrize("length", [1, 2, 500])
def test_features_are_finite_and_probabilities_sum_to_one(sentiment, length):
    assert np.isfinite(list(trajectory([sentiment] * length).values())).all()
    chances = read_model().probabilities([sentiment] * length)
    assert chances.sum() == pytest.approx(1)
    assert (chances >= 0).all()


def test_no_turn_is_no_trajectory():
    with pytest.raises(ValueError, match="one customer's turn"):
        trajectory([])


@pytest.mark.parametrize(
    ("sentiments", "verdict"),
    [
        (["negative"] * 4, "unsatisfied"),
        (["neutral"] * 4, "met"),
        (["neutral", "positive", "positive", "positive"], "satisfied"),
        (["positive", "negative", "negative", "negative"], "unsatisfied"),
    ],
)
def test_the_shipped_model_on_plain_courses(sentiments, verdict):
    chances = read_model().probabilities(sentiments)
    assert list(SATISFACTION)[int(chances.argmax())] == verdict


def test_the_shipped_model_says_where_it_comes_from():
    told = json.loads(SHIPPED.read_text(encoding="utf-8"))
    assert {"en", "zh", "made_by"} <= set(told["source"])
    assert "songkaisong/ssa" in told["source"]["en"]


def test_contributions_are_exact():
    model, sentiments = read_model(), ["neutral", "negative", "positive"]
    scores = model.contributions(sentiments).sum(axis=1) + model.intercepts
    assert np.exp(scores) / np.exp(scores).sum() == pytest.approx(model.probabilities(sentiments))


def test_every_feature_stands_in_one_group():
    grouped = [name for group in GROUPS.values() for name in group]
    assert sorted(grouped) == sorted(FEATURES)
    assert set(FACTS) == set(GROUPS)


def test_learning_finds_what_was_planted_and_survives_its_file(tmp_path):
    rng = np.random.default_rng(3)
    chances = {"unsatisfied": [0.6, 0.3, 0.1], "met": [0.1, 0.8, 0.1], "satisfied": [0.1, 0.4, 0.5]}
    known = []
    for verdict, p in chances.items():
        known += [(rng.choice(list(SENTIMENTS), 8, p=p).tolist(), verdict) for _ in range(200)]
    model = learn_satisfaction([s for s, _ in known], [v for _, v in known])
    right = [list(SATISFACTION)[int(model.probabilities(s).argmax())] == v for s, v in known]
    assert np.mean(right) > 0.75
    write_model(model, tmp_path / "own.json")
    again = read_model(tmp_path / "own.json")
    assert again.probabilities(known[0][0]) == pytest.approx(
        model.probabilities(known[0][0]), abs=1e-4
    )


@pytest.mark.parametrize(
    ("sentiments", "verdicts", "said"),
    [
        ([["negative"]], ["met", "met"], "one for each"),
        ([["negative"]] * 30, ["unsatisfied"] * 30, "'met' has 0"),
    ],
)
def test_there_must_be_something_to_learn_from(sentiments, verdicts, said):
    with pytest.raises(LearningError, match=said):
        learn_satisfaction(sentiments, verdicts)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"format": 9}, id="format"),
        pytest.param({"features": ["mood"]}, id="feature"),
        pytest.param({"intercepts": [1.0]}, id="shape"),
        pytest.param({"mean": "x"}, id="type"),
        pytest.param({"verdicts": ["good", "bad", "ugly"]}, id="verdicts"),
        pytest.param(None, id="no JSON"),
    ],
)
def test_a_broken_model_is_refused(tmp_path, change):
    path = tmp_path / "model.json"
    told = json.loads(SHIPPED.read_text(encoding="utf-8"))
    path.write_text("{" if change is None else json.dumps(told | change), encoding="utf-8")
    with pytest.raises(SatisfactionModelError, match="learn it anew") as refused:
        read_model(path)
    assert "重新学习" in refused.value.text("zh")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": None}, "row 1 has no id"),
        ({"role": None}, "role is ''; allowed: customer, agent"),
        ({"role": "bot"}, "role is 'bot'"),
        ({"sentiment": "angry"}, "sentiment is 'angry'"),
        ({"turn": "first"}, "turn is 'first'"),
        ({"p_negative": 7}, "p_negative is 7"),
        ({"p_positive": "nan"}, "p_positive is 'nan'"),
        ({"created_at": "soon"}, "created_at is 'soon'"),
        ({"created_at": "2026-03-01T09:30:00"}, "with its zone"),
        ({"intents": "request"}, "a list of names"),
    ],
)
def test_a_row_that_can_be_no_turn_is_named(change, said):
    with pytest.raises(TurnError, match=said) as refused:
        dialogues_from_rows([ROW | change])
    assert "行" in refused.value.text("zh")


def test_rows_without_session_are_no_dialogue():
    assert (
        dialogues_from_rows([ROW | {"session_id": None}, ROW | {"session_id": float("nan")}]) == []
    )
    assert read_dialogues([]) == []


def test_evidence_gives_the_words_of_a_turn():
    evidence = [
        {"word": "漏", "weight": 0.2},
        {"word": "水", "weight": 0.7},
        {"word": "了", "weight": -1},
    ]
    ((turn,),) = (one.turns for one in dialogues_from_rows([ROW | {"evidence": evidence}]))
    assert turn.telling == ("水", "漏")


def test_the_front_door_is_sorted_and_whole():
    assert room.__all__ == sorted(
        room.__all__, key=lambda name: (not name.isupper(), name[0].islower(), name)
    )
    assert all(hasattr(room, name) for name in room.__all__)
