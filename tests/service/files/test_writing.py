"""What is written comes back, in every format, in full or not at all."""

import csv
import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from nlp.message import Message
from service.errors import InputError, OutputError
from service.files import Reject, read_rows, read_signals, write_rejects, write_rows
from service.files import signals_schema as schema_of
from service.files.cells import guarded, plain, unguarded
from service.files.signals_table import SIGNALS_TABLE

FORMATS = ["jsonl", "csv", "tsv", "parquet", "xlsx"]
AT = dt.datetime(2026, 1, 5, 8, 3, tzinfo=dt.timezone(dt.timedelta(hours=8)))
SIGNAL = {
    "id": "007",
    "created_at": AT,
    "channel": "review",
    "platform": None,
    "author_id": "a",
    "customer_id": "0012",
    "session_id": None,
    "turn": 3,
    "role": "customer",
    "parent_id": None,
    "product": "净水器",
    "industry": None,
    "region": "上海",
    "likes": 12,
    "reposts": 0,
    "saves": None,
    "replies": None,
    "impressions": 2_000,
    "author_followers": 10**12,
    "rating": 4.5,
    "sentiment": "negative",
    "p_negative": 0.75,
    "p_neutral": 0.125,
    "p_positive": 0.125,
    "confidence": 0.75,
    "abstained": False,
    "intents": ["complaint", "request"],
    "complaint": ["logistics"],
    "severity": 2,
    "targets": [{"span": "快递", "polarity": "negative"}],
    "evidence": [{"start": 0, "end": 2, "word": "太慢", "weight": 0.5}],
    "keyphrases": ["退款"],
    "spam": False,
    "masked_text": '=太慢,"了"\n电话***',
    "model_version": "1",
    "left_open": ["severity"],
}
BARE = SIGNAL | {"id": "8", "intents": [], "targets": [], "evidence": [], "rating": None}


@pytest.mark.parametrize("extension", FORMATS)
def test_signals_come_back_as_they_were(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"out.{extension}"
    assert write_rows(path, [SIGNAL, BARE], schema_of("Asia/Shanghai")) == 2
    assert list(read_signals(path)) == [SIGNAL, BARE]


def test_the_sample_signal_has_every_column() -> None:
    assert tuple(SIGNAL) == SIGNALS_TABLE


def test_parquet_columns_keep_their_type_when_all_are_empty(tmp_path: Path) -> None:
    empty = dict.fromkeys(SIGNAL)
    write_rows(tmp_path / "a.parquet", [empty], schema_of("Asia/Shanghai"))
    write_rows(tmp_path / "b.parquet", [SIGNAL], schema_of("Asia/Shanghai"))
    assert pq.read_schema(tmp_path / "a.parquet") == pq.read_schema(tmp_path / "b.parquet")


@pytest.mark.parametrize("extension", FORMATS)
def test_no_rows_make_a_file_with_the_columns(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"out.{extension}"
    assert write_rows(path, [], schema_of("Asia/Shanghai")) == 0
    assert path.exists()


def test_parquet_without_a_schema_infers_text_where_nothing_is_known(tmp_path: Path) -> None:
    rows = [{"a": None, "b": [], "c": {"d": None}}] * 5000 + [
        {"a": "x", "b": ["y"], "c": {"d": "z"}}
    ]
    write_rows(tmp_path / "out.parquet", rows)
    assert list(read_rows(tmp_path / "out.parquet"))[-1] == rows[-1]


@pytest.mark.parametrize(
    ("extension", "later"),
    [
        pytest.param("parquet", {"a": ["no number"]}, id="another type in parquet"),
        pytest.param("csv", {"b": 1}, id="another column in csv"),
        pytest.param("xlsx", {"b": 1}, id="another column in excel"),
    ],
)
def test_a_row_that_does_not_fit_leaves_the_old_file(
    tmp_path: Path, extension: str, later: dict[str, object]
) -> None:
    path = tmp_path / f"out.{extension}"
    path.write_text("old")
    with pytest.raises(OutputError, match=r"\.jsonl"):
        write_rows(path, [*[{"a": 1}] * 5000, later])
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("extension", FORMATS)
def test_what_a_killed_process_left_is_overwritten(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"out.{extension}"
    path.with_name(f".{path.name}.partial").write_text("half a file\n" * 999)
    write_rows(path, [{"a": "x"}])
    assert list(read_rows(path)) == [{"a": "x"}]
    assert list(tmp_path.iterdir()) == [path]


def test_two_writers_of_one_file_do_not_mix(tmp_path: Path) -> None:
    def rows() -> Iterator[dict[str, int]]:
        with pytest.raises(OutputError, match="another process writes"):
            write_rows(tmp_path / "out.csv", [{"a": 2}])
        yield {"a": 1}

    assert write_rows(tmp_path / "out.csv", rows()) == 1
    assert list(read_rows(tmp_path / "out.csv")) == [{"a": "1"}]


def test_a_source_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    def rows() -> Iterator[dict[str, int]]:
        yield {"a": 1}
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_rows(tmp_path / "out.csv", rows())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["out", "out.doc", "out.json"])
def test_an_unknown_extension_lists_the_known_ones(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match=r"\.csv.*\.jsonl.*\.parquet"):
        write_rows(tmp_path / name, [])


@pytest.mark.parametrize(
    ("value", "held"),
    [
        pytest.param("=1+1", "'=1+1", id="formula"),
        pytest.param("@客服", "'@客服", id="mention"),
        pytest.param("-退货", "'-退货", id="minus"),
        pytest.param("'=1", "''=1", id="a quote of its own"),
        pytest.param("-12.5", "-12.5", id="a number"),
        pytest.param("+3", "+3", id="a number with its sign"),
        pytest.param("好=坏", "好=坏", id="inside"),
        pytest.param("'好'", "'好'", id="quotes that guard nothing"),
    ],
)
def test_no_text_becomes_a_formula(value: str, held: str) -> None:
    assert guarded(value) == held
    assert unguarded(held) == value


def test_excel_gets_text_as_text(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    write_rows(path, [{"a": "=1+1", "b": "长" * 40_000, "c": "a\x08b", "d": True}])
    cells = openpyxl.load_workbook(path).worksheets[0]["A2:D2"][0]
    assert (cells[0].value, cells[0].data_type) == ("=1+1", "s")
    assert (len(str(cells[1].value)), str(cells[1].value)[-1]) == (32_767, "…")
    assert (cells[2].value, cells[3].value) == ("ab", True)


def test_csv_opens_in_excel_as_utf8(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write_rows(path, [{"列": "好\n坏"}])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream)) == [["列"], ["好\n坏"]]


@pytest.mark.parametrize(
    ("value", "held"),
    [
        pytest.param(float("nan"), None, id="nan"),
        pytest.param(float("-inf"), None, id="infinite"),
        pytest.param(Decimal(12), 12, id="whole decimal"),
        pytest.param(Decimal("1.5"), 1.5, id="decimal"),
        pytest.param(AT, "2026-01-05T08:03:00+08:00", id="time"),
        pytest.param((1, {"a": dt.date(2026, 1, 5)}), [1, {"a": "2026-01-05"}], id="nested"),
        pytest.param(Path("a"), "a", id="anything else"),
    ],
)
def test_json_holds_only_what_json_knows(value: object, held: object) -> None:
    assert plain(value) == held


def test_rejects_are_masked_shortened_and_bilingual(tmp_path: Path) -> None:
    reason = Message("too long", "太长")
    path = tmp_path / "out.rejects.jsonl"
    assert (
        write_rejects(path, [Reject("in.csv", 7, "text", "电话13800138000" + "长" * 99, reason)])
        == 1
    )
    (row,) = read_rows(path)
    assert (row["file"], row["line"], row["column"]) == ("in.csv", 7, "text")
    assert row["value"].startswith("电话***********长")
    assert len(row["value"]) == 80
    assert (row["reason"], row["reason_zh"]) == ("too long", "太长")
    assert row["remedy"]
    assert row["remedy_zh"]


def test_a_signals_file_of_another_kind_says_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("id,text\n1,a\n")
    with pytest.raises(InputError, match="no signals table: created_at"):
        list(read_signals(path))


def test_a_signals_file_with_a_spoilt_cell_names_it(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    write_rows(path, [SIGNAL | {"severity": "schwer"}])
    with pytest.raises(InputError, match=r"line 1, severity: no value .*'schwer'; correct"):
        list(read_signals(path))


FILL_THE_DISK = """
import resource, sys
from service.files import write_rows
from service.errors import OutputError
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, resource.RLIM_INFINITY))
try:
    write_rows(sys.argv[1], ({"n": n, "text": str(n ** 9) * 9} for n in range(99_999)))
except OutputError as error:
    print(error)
"""


@pytest.mark.parametrize("extension", FORMATS)
def test_a_file_that_cannot_grow_leaves_nothing(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"out.{extension}"
    run = subprocess.run(
        [sys.executable, "-c", FILL_THE_DISK, str(path)], capture_output=True, text=True, check=True
    )
    assert run.stdout.startswith(f"cannot write {path}")
    assert list(tmp_path.iterdir()) == []
