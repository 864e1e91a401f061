"""Columns that the first rows of a JSON file lack, and later ones bring."""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from service.files import Record, open_table
from service.files.contract import Contract, Feedback, check, map_columns
from service.files.contract.moments import read_moment
from service.files.json_rows import SAMPLE

SHANGHAI = ZoneInfo("Asia/Shanghai")
EARLY = {"id": 0, "text": "太差", "created_at": "2026-01-05"}


def written(path: Path, late: dict[str, object], early: dict[str, object] = EARLY) -> Path:
    rows = [early | {"id": n} for n in range(SAMPLE)] + [early | {"id": SAMPLE} | late]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    array = path.suffix == ".json"
    path.write_text(f"[{','.join(lines)}]" if array else "\n".join(lines))
    return path


def last_row(path: Path, mapping: dict[str, str], **options: object) -> object:
    table = open_table(path)
    contract = Contract(map_columns(table.columns, mapping), SHANGHAI, **options)  # type: ignore[arg-type]  # rows of the table
    *_, last = table.records()
    assert isinstance(last, Record)
    return check(path.name, last, contract)


@pytest.mark.parametrize("name", ["in.jsonl", "in.json"])
@pytest.mark.parametrize(
    ("late", "mapping", "column", "value"),
    [
        pytest.param({"likes": 7}, {}, "likes", 7, id="own name"),
        pytest.param({"customer_id": "k1"}, {}, "customer_id", "k1", id="customer"),
        pytest.param({"点赞数": "1.2万"}, {}, "likes", 12_000, id="synonym"),
        pytest.param({"赞": 3, "likes": 7}, {}, "likes", 7, id="the name wins over a synonym"),
        pytest.param({"likes": 7}, {"likes": "n"}, "likes", 4, id="the map wins"),
        pytest.param({"n": 5, "product": "x"}, {"product": "n"}, "product", "5", id="mapped"),
        pytest.param({"id": "9", "likes": None}, {}, "likes", None, id="empty"),
    ],
)
def test_a_late_column_feeds_what_nothing_else_feeds(
    tmp_path: Path,
    name: str,
    late: dict[str, object],
    mapping: dict[str, str],
    column: str,
    value: object,
) -> None:
    row = last_row(written(tmp_path / name, late, EARLY | {"n": 4}), mapping)
    assert isinstance(row, Feedback)
    assert row.context[column] == value


def test_a_late_time_goes_before_the_default(tmp_path: Path) -> None:
    early = {"id": 0, "text": "太差"}
    path = written(tmp_path / "in.jsonl", {"发布时间": "2026-03-01"}, early)
    row = last_row(path, {}, default_at=read_moment("2025-01-01", SHANGHAI))
    assert isinstance(row, Feedback)
    assert row.context["created_at"] == read_moment("2026-03-01", SHANGHAI)


def test_a_late_text_does_not_displace_the_one_that_was_found(tmp_path: Path) -> None:
    early = {"id": 0, "评论内容": "太差", "created_at": "2026-01-05"}
    row = last_row(written(tmp_path / "in.jsonl", {"text": "别的"}, early), {})
    assert isinstance(row, Feedback)
    assert row.text == "太差"


def test_a_fault_in_a_late_column_names_it(tmp_path: Path) -> None:
    reject = last_row(written(tmp_path / "in.jsonl", {"点赞数": "-5"}), {})
    assert not isinstance(reject, Feedback)
    assert (reject.column, reject.value) == ("点赞数", "-5")  # type: ignore[attr-defined]  # a reject


def test_files_longer_than_the_sample_say_where_their_columns_are_from(tmp_path: Path) -> None:
    path = written(tmp_path / "in.jsonl", {"likes": 7})
    (remark,) = open_table(path).remarks
    assert "first 1,000 rows" in remark.en
    assert "前 1,000 行" in remark.zh
    path.write_text("\n".join(path.read_text().splitlines()[:SAMPLE]))
    assert open_table(path).remarks == ()
