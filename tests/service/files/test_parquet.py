"""Parquet in bounded memory, and cells that Python cannot hold."""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from service.files import Record, Table, open_table, read_rows
from service.files.chunks import CHUNK_CHARACTERS, characters_of, chunked
from service.files.parquet import narrowed

MIB = 1 << 20
ROW, ROWS = 2000, 16_000
READ = """
import sys
import pyarrow as pa
from service.files import open_table
rows = sum(1 for _ in open_table(sys.argv[1]).records())
print(rows, pa.default_memory_pool().max_memory())
"""


def table_of(path: Path, columns: dict[str, pa.Array]) -> Table:
    pq.write_table(pa.table(columns), path)
    return open_table(path)


def rows_of(table: Table) -> list[dict[str, object]]:
    return [item.values for item in table.records() if isinstance(item, Record)]


@pytest.mark.parametrize("groups", [1, 40])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, groups: int) -> None:
    path = tmp_path / "in.parquet"
    noise = os.urandom(ROW * ROWS // 2).hex()
    texts = pa.array(noise[place : place + ROW] for place in range(0, len(noise), ROW))
    table = pa.table({"id": pa.array(range(ROWS)), "text": texts})
    pq.write_table(table, path, row_group_size=ROWS // groups, compression="none")
    assert pq.read_metadata(path).num_row_groups == groups
    assert path.stat().st_size > 30 * MIB
    ended = subprocess.run(
        [sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True
    )
    rows, peak = map(int, ended.stdout.split())
    assert rows == ROWS
    assert peak < 16 * MIB


def test_columns_that_nobody_asks_for_are_not_read(tmp_path: Path) -> None:
    table = table_of(
        tmp_path / "in.parquet",
        {"编号": pa.array(["1"]), "用户.昵称": pa.array(["王"]), "text": pa.array(["好"])},
    )
    assert rows_of(narrowed(table, {"text", "用户.昵称"})) == [{"用户.昵称": "王", "text": "好"}]
    assert narrowed(table, {"text"}).columns == table.columns == ("编号", "用户.昵称", "text")


def test_a_text_table_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("id,text\n1,好\n")
    table = open_table(path)
    assert narrowed(table, {"text"}) is table


BYTES = pa.array([b"ok", "好".encode() + b"\xe5\xa5", b"\xff"])
OPENED = ["ok", "好\udce5\udca5", "\udcff"]
BROKEN = pa.Array.from_buffers(pa.string(), 3, BYTES.buffers())
LARGE = pa.Array.from_buffers(pa.large_string(), 3, BYTES.cast(pa.large_binary()).buffers())
LATE = pa.array([0, 10**18, 1])
EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - as Parquet gives it


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        pytest.param(BROKEN, OPENED, id="text"),
        pytest.param(LARGE, OPENED, id="large text"),
        pytest.param(
            pa.ListArray.from_arrays([0, 1, 3, 3], BROKEN), [OPENED[:1], OPENED[1:], []], id="list"
        ),
        pytest.param(
            pa.StructArray.from_arrays([BROKEN, pa.array([1, None, 3])], ["a", "n"]),
            [{"a": a, "n": n} for a, n in zip(OPENED, [1, None, 3], strict=True)],
            id="object",
        ),
        pytest.param(
            LATE.cast(pa.timestamp("us")),
            [EPOCH, "<value out of range: 1000000000000000000>", EPOCH.replace(microsecond=1)],
            id="time past year 9999",
        ),
    ],
)
def test_a_cell_that_python_cannot_hold_spoils_no_other(
    tmp_path: Path, column: pa.Array, cells: list[object]
) -> None:
    others = pa.array([None, "好", "差"])
    table = table_of(tmp_path / "in.parquet", {"id": pa.array([1, 2, 3]), "a": column, "b": others})
    expected = zip([1, 2, 3], cells, others.to_pylist(), strict=True)
    assert rows_of(table) == [{"id": n, "a": a, "b": b} for n, a, b in expected]
    assert [row["a"] for row in read_rows(tmp_path / "in.parquet")] == cells


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("好" * CHUNK_CHARACTERS, id="text"),
        pytest.param(b"x" * CHUNK_CHARACTERS, id="bytes"),
        pytest.param(["好" * (CHUNK_CHARACTERS // 2)] * 2, id="list"),
        pytest.param([{"a": {"b": "好" * CHUNK_CHARACTERS}}], id="objects"),
    ],
)
def test_a_chunk_ends_with_a_cell_that_holds_much(cell: object) -> None:
    rows = [{"n": 1}, {"n": 2, "cell": cell}, {"n": 3}]
    assert list(map(len, chunked(rows, 3, characters_of))) == [2, 1]
