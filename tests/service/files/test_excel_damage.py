"""Workbooks whose parts are damaged, or written by programs other than Excel."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from service.errors import InputError
from service.files import Record, open_table

ROWS = 2_000
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"
TYPES = "[Content_Types].xml"
SHARED_TYPE = (
    '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)
SHARED = (
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    + "".join(f"<si><t>第{n}条评论</t></si>" for n in range(ROWS))
    + "</sst>"
)
LAST = {"id": ROWS - 1, "text": f"第{ROWS - 1}条评论"}


def workbook(path: Path) -> Path:
    """Write a workbook whose texts are shared strings, as Excel writes them."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(["id", "text"])
    for n in range(ROWS):
        page.append([n, n])
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    shared = re.sub(r'(<c r="B\d+" t=)"n"', r'\1"s"', parts[SHEET].decode())
    types = parts[TYPES].decode().replace("</Types>", SHARED_TYPE)
    texts = {SHEET: shared.encode(), TYPES: types.encode(), STRINGS: SHARED.encode()}
    return packed(path, parts | texts)


def packed(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def changed(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert change(parts[part]) != parts[part]
    return packed(path, parts | {part: change(parts[part])})


def flipped(path: Path, part: str, place: float) -> Path:
    """Flip one bit of a part as it lies in the file, at a share of its compressed length."""
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(part)
    raw = bytearray(path.read_bytes())
    begin = info.header_offset + 30 + len(part)
    raw[begin + int(info.compress_size * place)] ^= 0x10
    path.write_bytes(raw)
    return path


def last_row(path: Path) -> dict[str, object]:
    *_, last = open_table(path).records()
    assert isinstance(last, Record)
    return last.values


@pytest.mark.parametrize("part", [SHEET, STRINGS])
@pytest.mark.parametrize("place", [0.02, 0.3, 0.5, 0.8, 0.99])
def test_a_flipped_bit_is_told_with_file_and_remedy(
    tmp_path: Path, part: str, place: float
) -> None:
    path = flipped(workbook(tmp_path / "in.xlsx"), part, place)
    with pytest.raises(InputError) as caught:
        list(open_table(path).records())
    assert f"{path} is a damaged workbook" in caught.value.text("en")
    assert "save it again" in caught.value.text("en")
    assert f"{path} 是损坏的工作簿" in caught.value.text("zh")


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        pytest.param(SHEET, b"</row>", b"<row>", id="xml of the sheet"),
        pytest.param(SHEET, b"<v>1500<", b"<v>99999<", id="a string that is not there"),
        pytest.param(SHEET, b'<c r="A1500"', b'<c r="?"', id="a cell that is nowhere"),
        pytest.param(SHEET, b"<v>1500<", b"<v>13800138000 x<", id="no number"),
        pytest.param(STRINGS, b"</t>", b"", id="xml of the strings"),
        pytest.param(STYLES, b"<fill>", b"<fill><x>", id="xml of the styles"),
    ],
)
def test_a_damaged_part_is_told(tmp_path: Path, part: str, old: bytes, new: bytes) -> None:
    path = changed(workbook(tmp_path / "in.xlsx"), part, lambda data: data.replace(old, new))
    with pytest.raises(InputError, match="is a damaged workbook") as caught:
        list(open_table(path).records())
    assert "13800138000" not in caught.value.text("en")


def test_shared_strings_are_read(tmp_path: Path) -> None:
    assert last_row(workbook(tmp_path / "in.xlsx")) == LAST


@pytest.mark.parametrize("fill", [b"<fill/>", b"<fill />", b"<fill></fill>", b"<fill>\n</fill>"])
def test_a_workbook_with_an_empty_fill_is_read(tmp_path: Path, fill: bytes) -> None:
    path = changed(
        workbook(tmp_path / "in.xlsx"),
        STYLES,
        lambda data: re.sub(rb"<fill><patternFill ?/></fill>", fill, data),
    )
    assert last_row(path) == LAST
