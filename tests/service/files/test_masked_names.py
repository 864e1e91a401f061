"""Files without a header: their first row stands where names stand, and is a customer's."""

from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from service.errors import InputError
from service.files import open_table
from service.files.contract import Contract, map_columns, require_columns

CELLS = ["1", "我的手机13800138000，请回电", "2026-01-05"]
PHONE = "13800138000"


def written(path: Path, cells: list[str]) -> Path:
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        book.worksheets[0].append(cells)
        book.save(path)
    else:
        path.write_text(f"{','.join(cells)}\n2,好,2026-01-05\n")
    return path


@pytest.mark.parametrize("name", ["in.csv", "in.xlsx"])
def test_the_columns_that_are_there_are_listed_masked(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / name, CELLS)
    columns = open_table(path).columns
    with pytest.raises(InputError, match="it has: 1, 我的手机") as caught:
        require_columns(path, columns, Contract(map_columns(columns, {}), ZoneInfo("UTC")))
    assert "首行是表头吗" in caught.value.text("zh")
    assert PHONE not in caught.value.text("en") + caught.value.text("zh")


@pytest.mark.parametrize("name", ["in.csv", "in.xlsx"])
def test_a_cell_that_stands_twice_is_masked(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"columns 2 and 4") as caught:
        open_table(written(tmp_path / name, [*CELLS, CELLS[1]]))
    assert "我的手机***" in caught.value.text("en")
    assert PHONE not in caught.value.text("en") + caught.value.text("zh")


def test_remarks_and_hints_are_masked() -> None:
    columns = (CELLS[1], "id", "text")
    said = [remark.en + remark.zh for remark in map_columns(columns, {}).remarks()]
    with pytest.raises(InputError, match="did you mean") as caught:
        map_columns(columns, {"text": "我的手机1380013，请回电"})
    assert PHONE not in "".join([*said, caught.value.text("en"), caught.value.text("zh")])
    assert any("--map product=我的手机***" in text for text in said)
