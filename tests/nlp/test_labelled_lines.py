"""Labelled files that are not UTF-8: which line, what was found, and how to mend it."""

import json

import pytest

from nlp.errors import LabelError
from nlp.gold import read_gold
from nlp.labelled_lines import labelled_lines
from nlp.measuring import evaluate, evaluate_binary

ROW = {
    "text": "客服不理人，屏幕也碎了",
    "sentiment": "negative",
    "intents": ["complaint"],
    "complaint": ["service"],
    "severity": 2,
    "target": ["客服"],
    "label": 0,
}
LINE = json.dumps(ROW, ensure_ascii=False) + "\n"
ASCII_LINE = json.dumps(ROW) + "\n"
BROKEN = LINE.encode().replace("碎".encode(), b"\xe7\xa2")
AT = BROKEN.index(b"\xe7\xa2") + 1
GB18030 = "the encoding is GB18030, not UTF-8; convert the file: iconv -f GB18030 -t UTF-8"
FILES = {
    "gb18030": ((LINE * 3).encode("gb18030"), 1, GB18030),
    "gb18030 behind a line of ascii": ((ASCII_LINE + LINE).encode("gb18030"), 2, GB18030),
    "utf-16": (LINE.encode("utf-16"), 1, "iconv -f UTF-16 -t UTF-8"),
    "utf-16 without a mark": (LINE.encode("utf-16-be"), 1, "iconv -f UTF-16 -t UTF-8"),
    "a character cut in two": (LINE.encode() + BROKEN, 2, f"byte {AT} of this line (0xe7)"),
    "a line in another encoding": (
        LINE.encode() + LINE.encode("gb18030"),
        2,
        "the file mixes encodings: line 1 is UTF-8, this one GB18030",
    ),
    "all but a line in another encoding": (
        LINE.encode("gb18030") + LINE.encode(),
        1,
        "the file mixes encodings: line 2 is UTF-8, this one GB18030",
    ),
    "a single broken byte": (b'{"text": "\xff"}', 1, "byte 11 of this line (0xff)"),
}


@pytest.fixture(params=FILES.values(), ids=FILES)
def damaged(request, tmp_path):
    raw, line, said = request.param
    path = tmp_path / "labels.jsonl"
    path.write_bytes(raw)
    return path, line, said


@pytest.mark.parametrize("reader", [read_gold, evaluate, evaluate_binary])
def test_what_is_not_utf8_is_named_with_its_line_and_its_remedy(damaged, reader):
    path, line, said = damaged
    with pytest.raises(LabelError) as caught:
        reader(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert said in str(caught.value)
    assert caught.value.text("zh").startswith(f"{path}:{line}：")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_whatever_ends_them(tmp_path, end):
    path = tmp_path / "labels.jsonl"
    path.write_bytes(f"\ufeff一{end}{end}三".encode())
    assert [(number, line.strip()) for number, line in labelled_lines(path)] == [
        (1, "一"),
        (3, "三"),
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param('{"text": ' + "9" * 9_999 + "}", "not a JSON object", id="enormous number"),
        pytest.param('{"text": ' + "[" * 99_999, "not a JSON object", id="nested too deeply"),
        pytest.param(LINE.replace('["complaint"]', "[{}]"), "'intents' is [{}]", id="intent"),
        pytest.param(LINE.replace('["客服"]', "5"), "'target' is 5", id="target"),
        pytest.param(LINE.replace('["客服"]', "[5]"), "'target' is [5]", id="part of a target"),
    ],
)
def test_no_line_ends_in_anything_but_a_label_error(tmp_path, line, said):
    path = tmp_path / "labels.jsonl"
    path.write_text(line)
    with pytest.raises(LabelError, match=":1: ") as caught:
        read_gold(path)
    assert said in str(caught.value)
    if "JSON" in said:
        with pytest.raises(LabelError, match=":1: needs 'text' and 'label'"):
            evaluate_binary(path)
