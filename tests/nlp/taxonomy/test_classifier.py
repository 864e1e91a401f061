"""A classifier learnt from real examples with the real encoder: answers, abstention, storing."""

import json
import pickle
import shutil
from dataclasses import replace

import numpy as np
import pytest

import nlp.taxonomy as room
from nlp.encoder import Runtime, read_artifact
from nlp.taxonomy import (
    ClassifierError,
    LearningError,
    Taxonomy,
    learn,
    load_classifier,
    save_classifier,
)
from nlp.taxonomy.category import plain
from nlp.taxonomy.cross_validation import held_out
from nlp.taxonomy.fitting import Setting
from nlp.taxonomy.learning import described, encoded
from nlp.text import mask

AWKWARD = {
    "5,000 characters": ("物流太慢，屏幕有划痕，客服不给退款！" * 300)[:5000],
    "one sign 5,000 times": "啊" * 5000,
    "full width": "ＡＰＰ闪退，电话１３８００１３８０００",
    "traditional": "充電很慢，客服態度惡劣",
    "NUL": "快递\x00没到",
    "lone surrogate": "好\ud800的\udfff",
    "English only": "The parcel never arrived",
    "emoji only": "😂😭👨‍👩‍👧",
}
SILENT = {"empty": "", "spaces": " \t\u3000\n ", "marks": "……！？", "invisible": "\u200b\u200b"}


def test_unseen_texts_find_their_category(learnt, runtime, unseen):
    texts = [(name, text) for name, found in unseen.items() for text in found]
    answers = list(learnt.classifier.label((text for _, text in texts), runtime))
    right = [answer.likeliest == name for (name, _), answer in zip(texts, answers, strict=True)]
    assert sum(right) >= 7


def test_a_description_is_learnt_from(taxonomy, runtime):
    """What no example tells, the description of the category may: here, where parcels wait."""
    few = [replace(each, examples=each.examples[:3]) for each in taxonomy.categories]
    told = [
        replace(each, description="驿站取件、丰巢快递柜、自提点" if each.name == "物流" else "")
        for each in few
    ]
    asked = plain("丰巢柜取件码打不开，驿站也没开门")
    chances = [
        learn(Taxonomy(tuple(some)), runtime).classifier.probabilities([asked], runtime)[0, 1]
        for some in (few, told)
    ]
    assert chances[1] > chances[0] + 0.1


def test_a_description_is_not_asked_in_cross_validation(taxonomy, runtime):
    examples, told = encoded(taxonomy, runtime, lambda _: None), described(taxonomy, runtime)
    assert told.texts == ("充电", "物流", "客服", "价格")
    (logits,) = held_out(examples, 4, [Setting(1.0, 10.0)], 0, told)
    assert logits.shape == (len(examples.texts), 4)


def test_what_cross_validation_says_is_kept(learnt):
    choice = learnt.choice
    assert 0.6 <= choice.accuracy <= 1
    assert choice.threshold.reached
    assert learnt.classifier.threshold == choice.threshold.value


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT.keys())
def test_a_text_that_says_nothing_is_left_open(learnt, runtime, text):
    (answer,) = learnt.classifier.label([text], runtime)
    assert (answer.category, answer.probability, answer.likeliest) == (None, None, None)
    assert answer.reason.en == "the text says nothing"
    assert answer.reason.zh == "文本没有内容"


@pytest.mark.parametrize("text", AWKWARD.values(), ids=AWKWARD.keys())
def test_an_awkward_text_gets_a_sound_answer(learnt, runtime, text):
    (answer,) = learnt.classifier.label([text], runtime)
    assert answer.masked_text == mask(text)
    assert answer.likeliest in learnt.classifier.names
    assert 0.25 <= answer.probability <= 1
    assert answer.abstained == (answer.reason is not None)
    (again,) = learnt.classifier.label([text], runtime)
    assert again == answer


def test_below_the_threshold_the_two_likeliest_are_the_reason(learnt, runtime):
    classifier = replace(learnt.classifier, threshold=0.999)
    (answer,) = classifier.label(["今天天气不错，出去走走"], runtime)
    assert answer.category is None
    assert answer.probability < classifier.threshold
    assert answer.reason.en.startswith("unsure: ")
    assert answer.reason.zh.startswith("把握不足：")


def test_probabilities_do_not_depend_on_the_neighbours(learnt, runtime):
    texts = ["快递太慢", "充不进电" * 40, "优惠券用不了"]
    together = [answer.probability for answer in learnt.classifier.label(texts, runtime)]
    alone = [next(learnt.classifier.label([text], runtime)).probability for text in texts]
    assert together == pytest.approx(alone, abs=0.02)  # int8 rounds by the batch


def test_learning_twice_gives_the_same(taxonomy, runtime, learnt):
    again = learn(taxonomy, runtime)
    assert again.choice == learnt.choice
    assert np.array_equal(again.classifier.head.on_terms, learnt.classifier.head.on_terms)


def test_a_higher_accuracy_is_answered_less_often(taxonomy, runtime):
    strict = learn(taxonomy, runtime, wanted=1.0).choice.threshold
    loose = learn(taxonomy, runtime, wanted=0.5).choice.threshold
    assert strict.value >= loose.value
    assert strict.coverage <= loose.coverage


@pytest.mark.parametrize("wanted", [0.0, 0.49, 1.01, float("nan")])
def test_an_accuracy_out_of_range(taxonomy, runtime, wanted):
    with pytest.raises(LearningError, match="to 1 is allowed"):
        learn(taxonomy, runtime, wanted=wanted)


def test_stored_and_loaded_it_answers_alike(learnt, runtime, tmp_path, unseen):
    save_classifier(learnt, tmp_path / "new" / "folder")
    loaded = load_classifier(tmp_path / "new" / "folder")
    texts = [text for found in unseen.values() for text in found]
    before = [answer.as_row() for answer in learnt.classifier.label(texts, runtime)]
    after = [answer.as_row() for answer in loaded.label(texts, runtime)]
    for one, other in zip(before, after, strict=True):
        assert one.pop("probability") == pytest.approx(other.pop("probability"), abs=2e-4)
        assert one == other


def test_no_example_is_stored(learnt, taxonomy, tmp_path):
    save_classifier(learnt, tmp_path)
    stored = (tmp_path / "classifier.json").read_text(encoding="utf-8")
    assert not [e for c in taxonomy.categories for e in c.examples if e in stored]


def test_a_classifier_can_be_sent_to_another_process(learnt, runtime):
    copy = pickle.loads(pickle.dumps(learnt.classifier))
    assert list(copy.label(["快递太慢"], runtime)) == list(
        learnt.classifier.label(["快递太慢"], runtime)
    )


@pytest.fixture
def folder(learnt, tmp_path):
    save_classifier(learnt, tmp_path)
    return tmp_path


def sheet_with(folder, **changes):
    path = folder / "classifier.json"
    sheet = json.loads(path.read_text(encoding="utf-8")) | changes
    path.write_text(json.dumps(sheet), encoding="utf-8")


SPOILT = {
    "no folder": (lambda f: shutil.rmtree(f), "holds no classifier", "没有分类器"),
    "no weights": (lambda f: (f / "weights.npz").unlink(), "weights.npz is missing", "缺失"),
    "other weights": (
        lambda f: (f / "weights.npz").write_bytes(b"PK"),
        "weights.npz is altered",
        "被改动",
    ),
    "other threshold": (
        lambda f: sheet_with(f, threshold=0.0),
        "classifier.json is altered",
        "被改动",
    ),
    "other format": (lambda f: sheet_with(f, format=9), "has format 9", "格式为 9"),
    "no JSON": (lambda f: (f / "classifier.json").write_text("{"), "is altered", "被改动"),
    "a list": (lambda f: (f / "classifier.json").write_text("[]"), "has format 'list'", "格式"),
}


@pytest.mark.parametrize(("spoil", "en", "zh"), SPOILT.values(), ids=SPOILT.keys())
def test_a_folder_that_was_changed(folder, spoil, en, zh):
    spoil(folder)
    with pytest.raises(ClassifierError) as raised:
        load_classifier(folder)
    assert en in raised.value.message.en
    assert zh in raised.value.message.zh
    assert "tingyin taxonomy learn" in raised.value.message.zh


def test_a_folder_of_another_model_version(learnt):
    from dataclasses import replace

    older = replace(learnt.classifier, model_version="tingyin-small-000000000000")
    with pytest.raises(ClassifierError, match="learnt on tingyin-small-000000000000") as raised:
        next(older.label(["快递太慢"], Runtime(read_artifact())))
    assert "请重新运行 tingyin taxonomy learn" in raised.value.message.zh


def test_the_front_door_is_sorted_and_whole():
    assert list(room.__all__) == sorted(
        room.__all__, key=lambda name: (not name.isupper(), not name[0].isupper(), name)
    )
    assert all(getattr(room, name).__doc__ for name in room.__all__)
