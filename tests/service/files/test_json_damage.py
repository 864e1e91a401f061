"""Damaged JSON: what is sound is read, what is not is told, and nothing goes silently."""

import json
from pathlib import Path

import pytest

from service.files import Reject, read_rows
from service.files.json_resync import end_of_damaged, next_object

TAB = '"text":"好\t吗"'
IMAGES = '"imgs":[{"u":"a"},{"u":"b"}]'
LONG = "长" * 700_000


def read(path: Path, text: str) -> tuple[list[dict[str, object]], list[Reject]]:
    path.write_text(text)
    rejects: list[Reject] = []
    return list(read_rows(path, rejects.append)), rejects


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('[{"id":1}]\n[{"id":2},{"id":3}]\n', id="page after page"),
        pytest.param('[{"id":1}][{"id":2}]\n\n[{"id":3}]', id="nothing between"),
        pytest.param('[{"id":1}],[],\n[{"id":2},{"id":3}]', id="commas, and an empty page"),
        pytest.param('[[{"id":1}],[{"id":2},{"id":3}]]', id="pages in an array"),
        pytest.param('[{"id":1},\n[{"id":2},{"id":3}]', id="a page that does not close"),
        pytest.param('[{"id":1}]\n{"id":2}\n{"id":3}\n', id="objects behind the array"),
    ],
)
def test_the_end_of_an_array_is_not_the_end_of_the_file(tmp_path: Path, text: str) -> None:
    rows, rejects = read(tmp_path / "in.json", text)
    assert [row["id"] for row in rows] == [1, 2, 3]
    assert rejects == []


@pytest.mark.parametrize(
    ("damaged", "value"),
    [
        pytest.param(f'{{"id":2,{IMAGES},{TAB}}}', "{", id="objects before the error"),
        pytest.param(f'{{"id":2,{TAB},{IMAGES}}}', "{", id="objects behind the error"),
        pytest.param(f'{{"id":2,{TAB},"n":"{LONG}",{IMAGES}}}', "{", id="over chunks"),
        pytest.param('{"id":2,"text":"好}', "{", id="a quote that does not close"),
        pytest.param(f'{{"id":2,"text":"他说"好"吗",{IMAGES}}}', "{", id="quotes not escaped"),
        pytest.param(f'{{"id":2,"text":"[微笑]}}好\t",{IMAGES}}}', "{", id="a brace too many"),
        pytest.param('{"id":2,"text":"{\t"}', "{", id="a brace that does not close"),
        pytest.param('{"id":' + "9" * 9999 + "}", "{", id="an enormous number"),
        pytest.param('{"id":' + "[" * 99_999 + "}", "{", id="nested too deeply"),
        pytest.param(f'{{"id":2,{TAB}}}\n[', "{", id="a page that does not close"),
        pytest.param("undefined", "undefined", id="no object"),
        pytest.param('"好\t"', '"好', id="no object, and damaged"),
    ],
)
def test_a_damaged_element_costs_only_itself(tmp_path: Path, damaged: str, value: str) -> None:
    text = f'[{{"id":1}},{damaged},{{"id":3}},{{"id":4}}]'
    rows, rejects = read(tmp_path / "in.json", text)
    assert [row["id"] for row in rows] == [1, 3, 4]
    assert [reject.line for reject in rejects] == [2]
    assert rejects[0].value.startswith(value)


def test_the_rows_behind_a_damaged_one_are_read_to_the_last(tmp_path: Path) -> None:
    rows = [json.dumps({"id": n, "text": "质量差"}, ensure_ascii=False) for n in range(30_000)]
    text = ",".join([f'{{"id":-1,{IMAGES},{TAB}}}', *rows])
    found, rejects = read(tmp_path / "in.json", f"[{text}]")
    assert [row["id"] for row in found] == list(range(30_000))
    assert [reject.line for reject in rejects] == [1]


def test_many_damaged_rows_that_hide_their_end_cost_only_themselves(tmp_path: Path) -> None:
    texts = ["好", "{差\t", "很好"]
    rows = [f'{{"id":{n},"text":"{texts[n % 3]}"}}' for n in range(900)]
    found, rejects = read(tmp_path / "in.json", f"[{','.join(rows)}]")
    assert [row["id"] for row in found] == [n for n in range(900) if n % 3 != 1]
    assert len(rejects) == 300


def test_a_page_cut_off_leaves_the_next_page(tmp_path: Path) -> None:
    rows, rejects = read(tmp_path / "in.json", '[{"id":1},{"id":2,"te\n[{"id":3},{"id":4}]')
    assert [row["id"] for row in rows] == [1, 3, 4]
    assert [reject.line for reject in rejects] == [2]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param('[{"id":1}];', [";"], id="at the end"),
        pytest.param('[{"id":1}] and more [{"id":2}]', ["and more ["], id="between arrays"),
        pytest.param(
            f'[{{"id":1}},"text":"好",{IMAGES}}},{{"id":2}}]',
            ['"text"', f':"好",{IMAGES}}}'],
            id="an object closed too early",
        ),
    ],
)
def test_what_is_no_row_is_told(tmp_path: Path, text: str, values: list[str]) -> None:
    rows, rejects = read(tmp_path / "in.json", text)
    assert [row["id"] for row in rows] == [1, 2][: len(rows)]
    assert len(rows) == text.count("id")
    assert [reject.value for reject in rejects] == values


def test_the_end_of_a_damaged_element_is_left_open_where_the_text_does_not_show_it() -> None:
    text = '{"id":bad, "imgs":[{"u":1},{"u":2}], "more":'
    assert end_of_damaged(text, 0, text.index("bad")) is None
    assert next_object(text, 0, text.index("bad")) == text.index('{"u":2')
    assert next_object(text, text.index('"more'), len(text)) == len(text)


@pytest.mark.parametrize(
    "escaped",
    [
        pytest.param('{"id":"2","text":"\\u624b\\u673a\\u53f713800138000 \\ud83d"}', id="half"),
        pytest.param('{"id":"2","text":"\\ud83713800138000"}', id="half, before the number"),
        pytest.param('{"id":"2","text":"\\u53f713800138000"', id="cut off"),
        pytest.param('["\\u53f713800138000"]', id="no object"),
        pytest.param('{"id":"2","text":"\\u53f713800138000\0"}', id="nul"),
        pytest.param('{"text":"\\u5fae\\u4fe1\\u53f7\\uff1a\\nabc_13800138000x"', id="an account"),
    ],
)
@pytest.mark.parametrize("form", ['{{"id":"1"}}\n{}\n', '[{{"id":"1"}},\n{}]'])
def test_rejects_show_no_personal_data_behind_escapes(
    tmp_path: Path, escaped: str, form: str
) -> None:
    _, rejects = read(tmp_path / "in.json", form.format(escaped))
    shown = json.dumps([reject.as_row() for reject in rejects], ensure_ascii=False)
    assert len(rejects) == 1
    assert "***********" in shown
    assert "13800138000" not in shown


def test_escaped_backslashes_are_no_escapes(tmp_path: Path) -> None:
    _, rejects = read(tmp_path / "in.json", '{"id":"1"}\n{"a":"\\\\u624b \\ud83d\\ude00"\n')
    assert rejects[0].value == '{"a":"\\u624b 😀"'
