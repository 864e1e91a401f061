"""Labels checked by each other: planted errors are found, and become tasks that come back."""

import random
from dataclasses import replace

import numpy as np
import pytest

from nlp.encoder import Runtime, read_artifact
from nlp.errors import LabelError
from nlp.labels import SENTIMENTS
from nlp.review import (
    ReviewSettingsError,
    Selection,
    answers,
    given_features,
    given_labels,
    recheck,
    task_json,
)
from nlp.slices import challenge_texts
from tests.nlp.review.rows import ANGRY, HAPPY, NEUTRAL

PLANTED_SHARE = 0.1


def line(number, text, labels):
    return given_labels({"id": f"t{number}", "text": text, **labels.as_row()}, "made")


@pytest.fixture(scope="module")
def hard_texts():
    """Return the challenge set as somebody labelled it, with features; never trained on."""
    given = [
        given_labels(
            {
                "id": str(number),
                "text": one.example.text,
                "sentiment": one.example.sentiment,
                "intents": list(one.example.intents),
                "complaint": list(one.example.complaint),
                "severity": one.example.severity,
            },
            "challenge",
        )
        for number, one in enumerate(challenge_texts())
    ]
    return given, given_features(given, Runtime(read_artifact()))


def planted(given, field, chance):
    """Return the labels with one field made wrong in a tenth of the texts, and which those are."""
    wrong = set(chance.sample(range(len(given)), int(PLANTED_SHARE * len(given))))
    return [WRONG[field](one, chance) if n in wrong else one for n, one in enumerate(given)], wrong


def other_sentiment(one, chance):
    others = [name for name in SENTIMENTS if name != one.labels.sentiment]
    return replace(one, labels=replace(one.labels, sentiment=chance.choice(others)))


def other_intents(one, chance):
    name = chance.choice(("complaint", "praise", "inquiry"))
    kept = tuple(intent for intent in one.labels.intents if intent != name)
    intents = kept if len(kept) < len(one.labels.intents) else (*kept, name)
    return replace(one, labels=replace(one.labels, intents=intents))


def other_categories(one, _chance):
    """Return other labels for complaints alone: a category in place of all that were given."""
    if not one.labels.complaint:
        return one
    category = "logistics" if one.labels.complaint[0] == "quality" else "quality"
    return replace(one, labels=replace(one.labels, complaint=(category,)))


WRONG = {
    "sentiment": other_sentiment,
    "intents": other_intents,
    "complaint": other_categories,
}


@pytest.mark.parametrize("field", list(WRONG))
def test_planted_errors_are_found_far_above_chance(hard_texts, field) -> None:
    given, features = hard_texts
    kept = [n for n, one in enumerate(given) if field != "complaint" or one.labels.complaint]
    given, features = [given[n] for n in kept], features[kept]
    shares = []
    for seed in range(3):
        made, wrong = planted(given, field, random.Random(seed))
        found = {one.field: one for one in recheck(made, features, "made", Selection(1)).fields}
        ranked = sorted(found[field].doubts, key=lambda doubt: -doubt.margin)
        likeliest = list(dict.fromkeys(doubt.index for doubt in ranked))[: len(wrong)]
        shares.append(sum(index in wrong for index in likeliest) / len(likeliest))
    # By chance a tenth would be. These texts are written to be hard; real ones are found better.
    assert np.mean(shares) > 2.5 * PLANTED_SHARE


def test_a_text_that_is_in_doubt_is_one_task_with_its_reasons() -> None:
    source = np.random.default_rng(1)
    kinds = source.integers(0, 3, size=120)
    labels = [(ANGRY, NEUTRAL, HAPPY)[kind] for kind in kinds]
    features = np.eye(3)[kinds] + 0.1 * source.normal(size=(120, 3))
    labels[5] = HAPPY if labels[5] is ANGRY else ANGRY
    given = [line(n, f"第{n}条，{chr(0x4E00 + n)}的记录", one) for n, one in enumerate(labels)]
    found = recheck(given, features, "labels.jsonl", Selection(10))
    assert [task.candidate.id for task in found.tasks] == ["t5"]
    (task,) = found.tasks
    assert task.picked_for == "disagreement"
    assert task.candidate.model_version == "labels.jsonl"
    assert "sentiment: given" in task.reasons[0][1].en
    assert "sentiment：标为" in task.reasons[0][1].zh


def test_the_answer_to_a_task_comes_back_as_a_decision() -> None:
    source = np.random.default_rng(1)
    kinds = source.integers(0, 3, size=120)
    labels = [(ANGRY, NEUTRAL, HAPPY)[kind] for kind in kinds]
    features = np.eye(3)[kinds] + 0.1 * source.normal(size=(120, 3))
    labels[5] = HAPPY if labels[5] is ANGRY else ANGRY
    given = [line(n, f"第{n}条，{chr(0x4E00 + n)}的记录", one) for n, one in enumerate(labels)]
    task = task_json(recheck(given, features, "labels.jsonl", Selection(10)).tasks[0])
    annotation = {"result": task["predictions"][0]["result"], "completed_by": 1}
    exported = task | {"annotations": [annotation | {"updated_at": "2026-04-01T08:00:00Z"}]}
    (decision,) = answers(exported, "made").decisions
    assert decision.labels == decision.model == labels[5]


@pytest.mark.parametrize(
    ("row", "error"),
    [
        pytest.param({"sentiment": "angry"}, LabelError, id="no label of the guide"),
        pytest.param({"text": "  "}, LabelError, id="blank text"),
        pytest.param({"complaint": ["delivery"]}, LabelError, id="no category of the guide"),
    ],
)
def test_a_line_that_breaks_the_guide_is_told(row, error) -> None:
    whole = {"id": "t1", "text": "很好用", **HAPPY.as_row()} | row
    with pytest.raises(error, match="made:1"):
        given_labels(whole, "made:1")


def test_personal_data_is_masked_and_a_target_that_it_held_goes() -> None:
    row = {"id": "t1", "text": "打13912345678没人接", **ANGRY.as_row(), "target": ["13912345678"]}
    one = given_labels(row, "made:1")
    assert "139" not in one.text
    assert one.labels.target == ()


@pytest.mark.parametrize("count", [0, 1, 49])
def test_too_few_texts_are_told(count) -> None:
    given = [line(n, f"第{n}条", HAPPY) for n in range(count)]
    with pytest.raises(ReviewSettingsError, match=f"{count} labelled texts are too few"):
        recheck(given, np.zeros((count, 3)), "made", Selection(10))


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(["都一样"] * 60, id="all equal"),
        pytest.param([f"第{n}条记录" for n in range(60)], id="all of one label"),
    ],
)
def test_labels_of_one_kind_alone_are_not_doubted(texts) -> None:
    given = [line(n, text, HAPPY) for n, text in enumerate(texts)]
    found = recheck(given, np.zeros((60, 3)), "made", Selection(10))
    assert found.tasks == ()
