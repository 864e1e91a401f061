"""The challenge set follows the guide, is large enough, and nobody trains on it."""

import json
from collections import Counter
from pathlib import Path

import pytest

from nlp import training
from nlp.gold import read_labelled
from nlp.slices import CHALLENGE, SLICES, challenge_texts
from nlp.slices.forms import FORMS, letters
from nlp.slices.tags import TAGGED
from nlp.text import mask
from nlp.text_keys import text_key

LABELS = Path(training.__file__).parent / "labels"
ROWS = list(read_labelled(CHALLENGE))


def test_every_slice_has_forty_texts_and_more_than_one_answer():
    answers = Counter((one.slice_name, one.example.sentiment) for one in challenge_texts())
    for name in SLICES:
        counts = [n for (slice_name, _), n in answers.items() if slice_name == name]
        assert sum(counts) >= 40, name
        assert max(counts) <= 0.75 * sum(counts), name
    assert {name for name, _ in answers} == set(SLICES)


def test_texts_and_names_stand_once():
    assert len({example.text for _, example in ROWS}) == len(ROWS)
    assert len({row["id"] for row, _ in ROWS}) == len(ROWS)


RULES = {
    "a complaint has categories": lambda e: bool(e.complaint) == ("complaint" in e.intents),
    "at most three categories": lambda e: len(e.complaint) <= 3,
    "a problem has a severity": lambda e: (e.severity > 0) == ("complaint" in e.intents),
    "escalation is critical": lambda e: e.severity == 3 or "escalation" not in e.intents,
    "praise lives with small flaws": lambda e: e.sentiment != "positive" or e.severity <= 1,
    "targets are not labelled": lambda e: not e.targets,
    "no personal data": lambda e: mask(e.text) == e.text,
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_labels_follow_the_guide(rule):
    assert [example.text for _, example in ROWS if not rule(example)] == []


@pytest.mark.parametrize("name", ["emoji_only", "very_short"])
def test_a_text_has_the_form_that_its_slice_asks_for(name):
    texts = [example.text for row, example in ROWS if row["slice"] == name]
    assert [text for text in texts if not FORMS[name](text)] == []


def test_the_texts_of_a_pair_are_not_all_of_one_answer():
    pairs: dict[str, set[str | None]] = {}
    for one in challenge_texts():
        if one.pair:
            pairs.setdefault(one.pair, set()).add(one.example.sentiment)
    assert len(pairs) >= 70
    assert [pair for pair, answers in pairs.items() if len(answers) < 2] == []


def test_nobody_labelled_these_texts_for_training():
    keys = {text_key(example.text) for _, example in ROWS}
    for path in LABELS.glob("*.jsonl"):
        trained = {json.loads(line)["key"] for line in path.read_text("ascii").splitlines()}
        assert trained
        assert not keys & trained


def test_the_tags_hold_no_text():
    for line in TAGGED.read_text(encoding="ascii").splitlines():
        row = json.loads(line)
        assert set(row) == {"key", "slices"}
        assert set(row["slices"]) <= set(SLICES) - set(FORMS)


def test_letters_are_what_is_left_without_marks_and_pictures():
    assert letters("太差了！[怒] 😡") == "太差了"
