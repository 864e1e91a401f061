"""Readers of public sets: spans where the set means them, and nothing of its test split."""

import gzip

import pytest

from nlp.training.corpora import read_restaurants

TRAIN = """环 境 不 错 ， wifi 太 慢####[((0, 1), (2, 3), 'POS'), ((5, 5), (6, 7), 'NEG')]
味 道 好####[((-1, -1), (2, 2), 'POS'), ((0, 1), (2, 2), 'Positive')]
测 过 的 话####[((0, 1), (2, 3), 'POS')]
"""


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "absa-zh" / "405.Chinese_Zhang"
    folder.mkdir(parents=True)
    with gzip.open(folder / "train.txt.gz", "wt", encoding="utf-8") as file:
        file.write(TRAIN)
    (folder / "test.txt").write_text("测 过 的 话####[]\n", encoding="utf-8")
    return tmp_path


def test_spans_of_restaurants_count_tokens_and_include_their_end(data):
    found = [
        [(example.text[span.start : span.end], span.polarity) for span in example.targets]
        for example in read_restaurants(data)
    ]
    assert found == [
        [("环境", "positive"), ("wifi", "negative")],
        [("味道", "positive")],
    ]


def test_a_sentence_of_the_test_split_is_left_out(data):
    assert "测过的话" not in [example.text for example in read_restaurants(data)]
