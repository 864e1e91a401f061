"""Every kind of file, good and bad, as people really have it."""

import datetime as dt
import json
import os
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from service.errors import InputError
from service.files import Record, Reject, Unreadable, open_table, read_frame, read_rows

NEW_YEAR = dt.datetime(2026, 1, 5)  # noqa: DTZ001 - a cell of Excel has no zone
HELLO = {"id": "1", "text": "很好"}
PLAIN = "id,text\n1,很好\n2,太差\n"
MORE = "编号,内容\n" + "".join(f"{n},客服一直没有人回复我的消息\n" for n in range(50))


def read(path: Path) -> tuple[list[dict[str, object]], list[Reject]]:
    rejects: list[Reject] = []
    return list(read_rows(path, rejects.append)), rejects


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(PLAIN.encode(), id="utf-8"),
        pytest.param(PLAIN.encode("utf-8-sig"), id="utf-8 with a mark"),
        pytest.param(PLAIN.encode("gb18030"), id="gb18030"),
        pytest.param(PLAIN.encode("utf-16"), id="utf-16 with a mark"),
        pytest.param(b"\xfe\xff" + PLAIN.encode("utf-16-be"), id="utf-16-be with a mark"),
        pytest.param(PLAIN.encode("utf-16-le"), id="utf-16-le without a mark"),
        pytest.param(PLAIN.encode("utf-16-be"), id="utf-16-be without a mark"),
        pytest.param(PLAIN.replace("\n", "\r\n").encode(), id="crlf"),
        pytest.param(PLAIN.replace("\n", "\r").encode(), id="old mac line ends"),
        pytest.param(PLAIN.rstrip("\n").encode(), id="no line end at the end"),
        pytest.param(PLAIN.replace(",", "\t").encode(), id="tab"),
        pytest.param(PLAIN.replace(",", ";").encode(), id="semicolon"),
        pytest.param(PLAIN.replace("id,text", " id , text ").encode(), id="spaces in the header"),
        pytest.param(PLAIN.replace("id,", "\ufeff\ufeffid,").encode(), id="two marks"),
        pytest.param(PLAIN.replace("\n", "\n\n").encode(), id="blank lines between"),
        pytest.param(PLAIN.replace("很好\n", "很好,,\n").encode(), id="empty cells too many"),
        pytest.param(
            (PLAIN + ",\n , \n,,,\n").encode(), id="rows of a spreadsheet that hold nothing"
        ),
        pytest.param(b"\n,,\n" + PLAIN.encode(), id="nothing above the header"),
        pytest.param('"id","text"\n"1","很好"\n"2","太差"\n'.encode(), id="all quoted"),
    ],
)
def test_text_tables_read_alike(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(raw)
    assert read(path) == ([HELLO, {"id": "2", "text": "太差"}], [])


def test_a_text_column_alone_keeps_its_commas(tmp_path: Path) -> None:
    path = tmp_path / "in.txt"
    path.write_text("text\n太差，再也不来,真的\n好;好\n")
    assert [row["text"] for row in read_rows(path)] == ["太差，再也不来,真的", "好;好"]


@pytest.mark.parametrize(
    ("lines", "good", "line", "reason"),
    [
        pytest.param(
            ["1,好".encode(), b"2,\xff\xfe\xff", "3,差".encode()], "13", 3, "at byte 16", id="bytes"
        ),
        pytest.param(
            [b'1,"a', b'\xff"', "2,差".encode()], "2", 3, "at byte 13", id="bytes in a second line"
        ),
        pytest.param(["1,好".encode(), b"2,a\0b", b"3,c"], "13", 3, "NUL", id="nul"),
        pytest.param(
            ["1,好".encode(), b'2,"a', b"3,c"], "13", 3, "does not close", id="open quote"
        ),
        pytest.param(
            [b'1,"a', b'2,"b,c"', b"3,c"], "23", 2, "does not close", id="open quote then quoted"
        ),
        pytest.param([b"1,a,b", b"2,c"], "2", 2, "3 fields", id="too many fields"),
        pytest.param(
            [b'1,"a', b'b",x', b"2,c"], "2", 2, "does not close", id="too many fields over lines"
        ),
    ],
)
def test_a_damaged_record_costs_only_itself(
    tmp_path: Path, lines: list[bytes], good: str, line: int, reason: str
) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(b"\n".join([b"id,text", *lines, b""]))
    rows, rejects = read(path)
    assert "".join(str(row["id"]) for row in rows if row["text"] != "x") == good
    assert rejects[0].line == line
    assert reason in rejects[0].reason.en
    assert rejects[0].file == "in.csv"


def test_a_few_broken_bytes_leave_a_file_in_utf8(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(MORE.encode() + b"51,\xe5\xa5\n52,\xe5\xa5\xbd\n")
    rows, rejects = read(path)
    assert (len(rows), rows[-1]["内容"]) == (51, "好")
    assert [reject.line for reject in rejects] == [52]


def test_a_file_that_says_nothing_else_than_replacement_characters_stays_utf8(
    tmp_path: Path,
) -> None:
    path = tmp_path / "in.csv"
    path.write_text("id,text\n1,\ufffd\ufffd\ufffd\n")
    assert read(path)[0] == [{"id": "1", "text": "\ufffd\ufffd\ufffd"}]


def test_gb18030_is_found_behind_two_megabytes_of_ascii(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(
        b"id,text\n" + (b"1," + b"ok" * 5_000 + b"\n") * 250 + "2,很好\n".encode("gb18030")
    )
    *_, last = open_table(path).records()
    assert isinstance(last, Record)
    assert last.values == {"id": "2", "text": "很好"}


def test_a_record_is_where_it_starts(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text('id,text\n1,"a\nb\n\nc"\n\n2,d\n')
    table = open_table(path)
    records = [item for item in table.records() if isinstance(item, Record)]
    assert [(item.line, item.values["text"]) for item in records] == [(2, "a\nb\n\nc"), (7, "d")]
    assert records[-1].position == table.size == path.stat().st_size


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        pytest.param('1\t"一半的引号\t差', ["1", '"一半的引号', "差"], id="tab: a quote is a sign"),
        pytest.param('1\t他说"好"吗\t差', ["1", '他说"好"吗', "差"], id="tab: quotes inside"),
    ],
)
def test_tab_separated_quotes(tmp_path: Path, line: str, fields: list[str]) -> None:
    path = tmp_path / "in.tsv"
    path.write_text(f"id\ttext\tlabel\n{line}\n2\t好\t好\n")
    rows, rejects = read(path)
    assert [list(row.values()) for row in rows] == [fields, ["2", "好", "好"]]
    assert rejects == []


def test_stray_quotes_inside_a_quoted_field_are_taken_as_meant(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text('id,text,n\n1,"他说"好"吗",5\n')
    assert read(path)[0] == [{"id": "1", "text": '他说好"吗"', "n": "5"}]


def test_a_huge_field_is_read(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(f'id,text\n1,"{"好" * 300_000}"\n')
    assert len(str(read(path)[0][0]["text"])) == 300_000


def test_a_line_without_end_is_rejected_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    with path.open("wb") as stream:
        stream.write(b"id,text\n1,")
        for _ in range(18):
            stream.write(b"x" * (1 << 20))
        stream.write("\n2,好\n".encode())
    rows, rejects = read(path)
    assert rows == [{"id": "2", "text": "好"}]
    assert [(reject.line, "longer than" in reject.reason.en) for reject in rejects] == [(2, True)]


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        pytest.param("in.csv", b"", "is empty", id="empty"),
        pytest.param("in.csv", b"\xef\xbb\xbf\r\n \n", "is empty", id="mark and blanks only"),
        pytest.param("in.csv", b"id,text,text\n1,a,b\n", "columns 2 and 3", id="same name twice"),
        pytest.param("in.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel 97", id="old excel"),
        pytest.param("in.xls", b"<html><table><tr><td>id", "HTML", id="html named xls"),
        pytest.param("in.csv.gz", b"\x1f\x8b\x08\x00", "gunzip", id="gzip"),
        pytest.param("in.zip", b"PK\x03\x04junk", "zip archive", id="damaged zip"),
        pytest.param("in.csv", bytes(range(256)) * 9 + b"\0" * 99, "binary", id="binary"),
        pytest.param("in.parquet", b"PAR1" + b"\0" * 40 + b"PAR1", "Parquet", id="parquet"),
        pytest.param("in.json", b"{\n 1\n}\n", "one object per line", id="no json at all"),
        pytest.param("in.json", b"[]", "no JSON object", id="empty array"),
    ],
)
def test_what_is_no_table_says_so(tmp_path: Path, name: str, raw: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(raw)
    with pytest.raises(InputError, match=said) as caught:
        list(read_rows(path))
    assert str(path) in caught.value.text("en")
    assert str(path) in caught.value.text("zh")


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        open_table(tmp_path / "nowhere.csv")
    with pytest.raises(InputError, match="is a folder"):
        open_table(tmp_path)


def test_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(InputError, match="is a pipe"):
        open_table(tmp_path / "pipe.csv")


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("id,text\n")
    assert read(path) == ([], [])
    assert open_table(path).columns == ("id", "text")
    assert list(read_frame(path).columns) == ["id", "text"]


def test_without_a_listener_a_damaged_row_raises_and_shows_no_personal_data(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text('id,text\n1,"电话13800138000\n')
    with pytest.raises(InputError, match="line 2: a quoted field does not close") as caught:
        list(read_rows(path))
    assert "13800138000" not in caught.value.text("en")


@pytest.mark.parametrize(
    ("text", "ids", "lines", "said"),
    [
        pytest.param('{"id":1}\n{"id":2}\n', [1, 2], [], "", id="all well"),
        pytest.param('{"id":1}\n\n{"id":2', [1], [3], "valid JSON", id="cut off"),
        pytest.param('{"id":1}\nnull\n{"id":3}\n', [1, 3], [2], "no JSON object", id="no object"),
        pytest.param('{"id":1}\n{"id":"\\ud83d"}\n', [1], [2], "half a character", id="half emoji"),
        pytest.param('{"id":1}\n{"id":"a\0"}\n', [1], [2], "NUL", id="nul"),
        pytest.param(
            '{"id":1}\n{"id":' + "9" * 9999 + "}\n", [1], [2], "enormous", id="enormous number"
        ),
        pytest.param(
            '{"id":1}\n{"id":' + "[" * 99_999 + "\n", [1], [2], "nested", id="nested too deeply"
        ),
    ],
)
def test_json_lines(tmp_path: Path, text: str, ids: list[int], lines: list[int], said: str) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text(text)
    rows, rejects = read(path)
    assert [row["id"] for row in rows] == ids
    assert [reject.line for reject in rejects] == lines
    assert all(said in reject.reason.en for reject in rejects)


ELEMENTS = [{"id": n, "text": "好}, {" * (n % 7), "nested": [{"a": [n]}]} for n in range(3000)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(json.dumps(ELEMENTS, ensure_ascii=False), id="one line"),
        pytest.param(json.dumps(ELEMENTS, ensure_ascii=False, indent=2), id="indented"),
        pytest.param(" \n" + json.dumps(ELEMENTS) + "\n\n", id="escaped, blanks around"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_json_array_streams(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "in.json"
    path.write_bytes(text.encode(encoding))
    assert read(path) == (ELEMENTS, [])


def test_an_element_across_chunks_is_read(tmp_path: Path) -> None:
    rows = [{"id": n, "text": "长" * 700_000} for n in range(4)]
    path = tmp_path / "in.json"
    path.write_text(json.dumps(rows, ensure_ascii=False))
    assert read(path) == (rows, [])


@pytest.mark.parametrize(
    ("text", "ids", "numbers"),
    [
        pytest.param('[{"id":1},{"id":bad},{"id":3}]', [1, 3], [2], id="broken in the middle"),
        pytest.param('[{"id":1},{"id":2', [1], [2], id="cut off"),
        pytest.param('[{"id":1},5,{"id":3}]', [1, 3], [2], id="no object"),
        pytest.param('[{"id":1},{"id":2}', [1, 2], [], id="no bracket at the end"),
    ],
)
def test_a_damaged_json_array(
    tmp_path: Path, text: str, ids: list[int], numbers: list[int]
) -> None:
    path = tmp_path / "in.json"
    path.write_text(text)
    rows, rejects = read(path)
    assert [row["id"] for row in rows] == ids
    assert [reject.line for reject in rejects] == numbers


def test_parquet_gives_its_own_types(tmp_path: Path) -> None:
    shanghai = dt.timezone(dt.timedelta(hours=8))
    table = pa.table(
        {
            "id": pa.array([1, 2]),
            "tags": pa.array([["a"], []], pa.list_(pa.string())),
            "day": pa.array([dt.date(2026, 1, 5), None], pa.date32()),
            "price": pa.array([Decimal("1.50"), None], pa.decimal128(9, 2)),
            "at": pa.array(
                [dt.datetime(2026, 1, 5, tzinfo=shanghai), None], pa.timestamp("ns", "UTC")
            ),
            "who": pa.array([{"name": "王"}, None]),
        }
    )
    path = tmp_path / "in.parquet"
    pq.write_table(table, path)
    first, second = read_rows(path)
    assert first["tags"] == ["a"]
    assert first["day"] == dt.date(2026, 1, 5)
    assert first["price"] == Decimal("1.50")
    assert first["at"] == dt.datetime(2026, 1, 4, 16, tzinfo=dt.UTC)
    assert first["who"] == {"name": "王"}
    assert second == {"id": 2, "tags": [], "day": None, "price": None, "at": None, "who": None}
    assert list(read_frame(path)["id"]) == ["1", "2"]


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]  # a new workbook has an active sheet
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


def test_excel_takes_the_first_sheet_and_says_so(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "in.xlsx",
        一月=[
            [None],
            ["id", "text", None, "at"],
            [1, "好", None, NEW_YEAR],
            [None, "#N/A"],
        ],
        二月=[["id"], [9]],
    )
    table = open_table(path)
    assert [(item.line, item.values) for item in table.records() if isinstance(item, Record)] == [
        (3, {"id": 1, "text": "好", "column_3": None, "at": NEW_YEAR}),
        (4, {"id": None, "text": None, "column_3": None, "at": None}),
    ]
    assert "二月" in table.remarks[0].en
    assert open_table(path, "二月").columns == ("id",)


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        pytest.param("三月", "it has: 空, 二月", id="unknown"),
        pytest.param("空", "is empty", id="empty"),
    ],
)
def test_excel_sheets_that_cannot_be_read(tmp_path: Path, sheet: str, said: str) -> None:
    path = workbook(tmp_path / "in.xlsx", 空=[], 二月=[["id"], [9]])
    with pytest.raises(InputError, match=said):
        open_table(path, sheet)


def test_a_sheet_of_a_text_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(PLAIN)
    with pytest.raises(InputError, match="no Excel workbook"):
        open_table(path, "一月")


@pytest.mark.parametrize("name", ["in.xlsx", "in.csv", "in.parquet", "in.txt", "in"])
def test_the_content_decides_not_the_name(tmp_path: Path, name: str) -> None:
    sheet = workbook(tmp_path / "sheet.xlsx", a=[["id", "text"], ["1", "很好"]])
    lines = json.dumps(HELLO).encode() + b"\n"
    text = b"id,text\n1,\xe5\xbe\x88\xe5\xa5\xbd\n"
    for raw in (sheet.read_bytes(), lines, text):
        path = tmp_path / name
        path.write_bytes(raw)
        assert list(read_rows(path)) == [HELLO]


def test_a_name_that_lies_is_remarked(tmp_path: Path) -> None:
    path = tmp_path / "in.xlsx"
    path.write_text(PLAIN)
    assert "read as csv" in open_table(path).remarks[0].en


def test_frames_have_numbers_where_all_cells_are_and_ids_as_text(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("id,customer_id,n,zip,mixed\n1,7,1.5,010,1\n2,,-2,020,x\n")
    frame = read_frame(path)
    assert list(frame["id"]) == ["1", "2"]
    assert frame["customer_id"].tolist()[0] == "7"
    assert frame["n"].tolist() == [1.5, -2.0]
    assert frame["zip"].tolist() == ["010", "020"]
    assert frame["mixed"].tolist() == ["1", "x"]


def test_records_can_be_read_twice(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(PLAIN)
    records = open_table(path).records
    assert list(records()) == list(records())
    assert not any(isinstance(item, Unreadable) for item in records())
