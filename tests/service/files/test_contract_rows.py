"""Columns that are recognised, rows that are feedback, and rows that are not."""

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from nlp.schema import FEEDBACK_CONTEXT
from service.errors import InputError
from service.files import Record, Reject
from service.files.contract import (
    Contract,
    Feedback,
    check,
    map_columns,
    parse_mapping,
    require_columns,
)
from service.files.contract.columns import CONTRACT_COLUMNS, SYNONYMS

SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING = dt.datetime(2026, 1, 5, 8, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("columns", "mapping", "sources"),
    [
        pytest.param(("id", "text"), {}, {"id": "id", "text": "text"}, id="own names"),
        pytest.param(
            ("评论内容", "时间"), {}, {"text": "评论内容", "created_at": "时间"}, id="chinese"
        ),
        pytest.param(("Review", "DATE"), {}, {"text": "Review", "created_at": "DATE"}, id="case"),
        pytest.param(("Create Time",), {}, {"created_at": "Create Time"}, id="spaces"),
        pytest.param(("ＩＤ",), {}, {"id": "ＩＤ"}, id="full width"),
        pytest.param(("a", "text"), {"text": "a"}, {"text": "a"}, id="the map wins over the name"),
        pytest.param(("text", "内容"), {}, {"text": "text"}, id="the name wins over a synonym"),
        pytest.param(("内容", "评论内容"), {}, {"text": "评论内容"}, id="the first synonym wins"),
        pytest.param(
            ("评论",),
            {"product": "评论"},
            {"product": "评论"},
            id="a mapped column is not taken twice",
        ),
    ],
)
def test_columns_are_found(
    columns: tuple[str, ...], mapping: dict[str, str], sources: dict[str, str]
) -> None:
    assert dict(map_columns(columns, mapping).sources) == sources


def test_what_was_recognised_and_what_is_not_used_is_said() -> None:
    remarks = map_columns(("内容", "评论内容", "cat"), {}).remarks()
    said = " / ".join(remark.en for remark in remarks)
    assert "text is read from '评论内容' (also there: 内容;" in said
    assert "not used: 内容, cat" in said


def test_no_synonym_stands_for_two_columns() -> None:
    words = [word for synonyms in SYNONYMS.values() for word in synonyms]
    assert len(words) == len(set(words))
    assert not set(words) & set(CONTRACT_COLUMNS)
    assert set(SYNONYMS) == set(CONTRACT_COLUMNS)


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        pytest.param(["text"], "expected COLUMN=NAME", id="no pair"),
        pytest.param(["text="], "expected COLUMN=NAME", id="no name"),
        pytest.param(["body=内容"], "expected COLUMN=NAME", id="no column of the contract"),
        pytest.param(["text=a", "text=b"], "names text twice", id="twice"),
    ],
)
def test_a_mapping_that_is_none(pairs: list[str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse_mapping(pairs)


def test_a_mapping_to_no_column_shows_the_closest() -> None:
    with pytest.raises(InputError, match="did you mean '评论内容'"):
        map_columns(("评论内容", "时间"), parse_mapping(["text=评论内客"]))


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        pytest.param(
            ("id", "created_at", "x"), "--map text=NAME\n  it has: id, created_at, x", id="text"
        ),
        pytest.param(("text", "created_at"), "--make-ids", id="id"),
        pytest.param(("text", "id"), "--at 2026-01-05", id="created_at"),
    ],
)
def test_a_missing_column_comes_with_its_remedy(columns: tuple[str, ...], said: str) -> None:
    contract = Contract(map_columns(columns, {}), SHANGHAI)
    with pytest.raises(InputError) as caught:
        require_columns(Path("in.csv"), columns, contract)
    assert said in caught.value.text("en")


def test_everything_that_is_missing_is_said_at_once() -> None:
    contract = Contract(map_columns(("很好，下次再来",), {}), SHANGHAI)
    with pytest.raises(InputError) as caught:
        require_columns(Path("in.csv"), ("很好，下次再来",), contract)
    for said in ("text, id, created_at", "--make-ids", "--at", "is its first line a header?"):
        assert said in caught.value.text("en")


@pytest.mark.parametrize(
    ("columns", "options"),
    [
        pytest.param(("text", "created_at"), {"make_ids": True}, id="made ids"),
        pytest.param(("text", "id"), {"default_at": MORNING}, id="one time for all"),
    ],
)
def test_an_option_stands_in_for_a_column(
    columns: tuple[str, ...], options: dict[str, object]
) -> None:
    contract = Contract(map_columns(columns, {}), SHANGHAI, **options)  # type: ignore[arg-type]  # rows of the table
    require_columns(Path("in.csv"), columns, contract)


ROW = {"id": "1", "text": "太差", "created_at": "2026-01-05 08:00"}
FULL = Contract(map_columns(CONTRACT_COLUMNS, {}), SHANGHAI)


def test_a_good_row_is_feedback_with_every_context_column() -> None:
    record = Record(
        2, 0, ROW | {"likes": "1.2万", "rating": "5星", "channel": "评价", "region": ""}
    )
    feedback = check("in.csv", record, FULL)
    assert isinstance(feedback, Feedback)
    assert (feedback.line, feedback.id, feedback.text) == (2, "1", "太差")
    assert tuple(feedback.context) == FEEDBACK_CONTEXT
    filled = {name: value for name, value in feedback.context.items() if value is not None}
    assert filled == {"created_at": MORNING, "likes": 12_000, "rating": 5.0, "channel": "review"}


@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        pytest.param({"id": ""}, "id", "id is empty", id="no id"),
        pytest.param({"text": " "}, "text", "text is empty", id="no text"),
        pytest.param({"created_at": "05/01/2026"}, "created_at", "order of day", id="date"),
        pytest.param({"likes": "-5"}, "likes", "below 0", id="negative count"),
        pytest.param({"turn": "-5"}, "turn", "below 0", id="negative turn"),
        pytest.param({"channel": "抖音"}, "channel", "allowed: comment", id="channel"),
        pytest.param({"role": "boss"}, "role", "allowed: customer", id="role"),
        pytest.param({"rating": "高"}, "rating", "no rating", id="rating"),
    ],
)
def test_a_bad_row_is_a_reject_that_says_where(
    change: dict[str, object], column: str, said: str
) -> None:
    reject = check("in.csv", Record(7, 0, ROW | change), FULL)
    assert isinstance(reject, Reject)
    assert (reject.file, reject.line, reject.column) == ("in.csv", 7, column)
    assert reject.value == change[column]
    assert said in reject.reason.en
    assert reject.remedy.en


def test_a_reject_names_the_column_of_the_file() -> None:
    contract = Contract(map_columns(("编号", "内容", "时间"), {}), SHANGHAI)
    reject = check(
        "in.csv", Record(7, 0, {"编号": "1", "内容": "", "时间": "2026-01-05"}), contract
    )
    assert isinstance(reject, Reject)
    assert reject.column == "内容"


def test_made_ids_name_file_and_line() -> None:
    contract = Contract(FULL.columns, SHANGHAI, make_ids=True)
    feedback = check("评论.csv", Record(7, 0, ROW), contract)
    assert isinstance(feedback, Feedback)
    assert feedback.id == "评论-7"


def test_the_default_time_fills_empty_cells_only() -> None:
    contract = Contract(FULL.columns, SHANGHAI, default_at=MORNING.replace(year=2025))
    years = []
    for cell in (None, "", "2026-01-05", "gestern"):
        read = check("in.csv", Record(7, 0, ROW | {"created_at": cell}), contract)
        at = read.context["created_at"] if isinstance(read, Feedback) else None
        years.append(at.year if isinstance(at, dt.datetime) else None)
    assert years == [2025, 2025, 2026, None]


def test_the_row_is_not_changed() -> None:
    values: dict[str, object] = dict(ROW)
    check("in.csv", Record(7, 0, values), FULL)
    assert values == ROW
