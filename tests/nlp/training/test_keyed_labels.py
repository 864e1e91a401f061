"""The labels that are shipped without their texts follow the guide and name no text."""

import json
import re

import pytest

from nlp.labels import COMPLAINTS, INTENTS, SENTIMENTS, SEVERITIES
from nlp.text_keys import KEY_DIGITS
from nlp.training.keyed_labels import CORRECTED_FILE, FOLDER, FURTHER_FILE

FILES = (FURTHER_FILE, CORRECTED_FILE)
FIELDS = ["key", "sentiment", "intents", "complaint", "severity", "target"]


def rows_of(name):
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="ascii").splitlines()]


@pytest.mark.parametrize("name", FILES)
def test_every_line_follows_the_guide(name):
    for row in rows_of(name):
        assert list(row) == FIELDS, row
        assert row["sentiment"] in SENTIMENTS, row
        assert set(row["intents"]) <= set(INTENTS), row
        assert set(row["complaint"]) <= set(COMPLAINTS), row
        assert ("complaint" in row["intents"]) == bool(row["complaint"]), row
        assert row["severity"] in SEVERITIES, row
        assert all(0 <= start < end for start, end in row["target"]), row


@pytest.mark.parametrize("name", FILES)
def test_a_text_is_labelled_once_and_only_its_key_is_kept(name):
    keys = [row["key"] for row in rows_of(name)]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch(f"[0-9a-f]{{{KEY_DIGITS}}}", key) for key in keys)


def test_there_are_further_labels():
    assert len(rows_of(FURTHER_FILE)) > 5_000
