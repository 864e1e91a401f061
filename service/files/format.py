"""Which format a file has: its content decides, its name only where the content leaves it open."""

from enum import StrEnum
from pathlib import Path

from service.errors import InputError
from service.files.encoding import bom_length, utf16_without_mark

HEAD_BYTES = 1 << 16
BINARY_SHARE = 0.01
NEVER_IN_TEXT = bytes([*range(0x01, 0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20)])


class Format(StrEnum):
    """The table formats that Tingyin reads and writes."""

    CSV = "csv"
    TSV = "tsv"
    JSONL = "jsonl"
    JSON = "json"
    PARQUET = "parquet"
    XLSX = "xlsx"


EXTENSIONS = {
    ".csv": Format.CSV,
    ".txt": Format.CSV,
    ".tsv": Format.TSV,
    ".tab": Format.TSV,
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".json": Format.JSON,
    ".parquet": Format.PARQUET,
    ".pq": Format.PARQUET,
    ".xlsx": Format.XLSX,
    ".xlsm": Format.XLSX,
}

REFUSED = (
    (
        b"\xd0\xcf\x11\xe0",
        "an Excel 97-2003 or password-protected workbook; save it as .xlsx or CSV",
        "Excel 97-2003 或加密的工作簿；请另存为 .xlsx 或 CSV",
    ),
    (b"\x1f\x8b", "a gzip archive; unpack it with gunzip", "gzip 压缩文件；请先用 gunzip 解压"),
    (b"%PDF", "a PDF; export the table as CSV", "PDF 文件；请把表格导出为 CSV"),
    (
        b"SQLite format 3",
        "a SQLite database; export the table as CSV",
        "SQLite 数据库；请导出为 CSV",
    ),
)


def detect(path: Path) -> Format:
    """Return the format of a readable file.

    Raises
    ------
    InputError
        The file is missing, is a folder, is empty, or holds something that is no table.
    """
    head = read_head(path)
    for magic, en, zh in REFUSED:
        if head.startswith(magic):
            raise InputError(f"{path} is {en}", f"{path} 是{zh}")
    if head.startswith(b"PK\x03\x04"):
        return _workbook(path)
    if head.startswith(b"PAR1"):
        return Format.PARQUET
    _refuse_binary(path, head)
    return _text_format(path, head)


def read_head(path: Path) -> bytes:
    """Return the first bytes of a regular, non-empty file, or say why that cannot be."""
    if path.is_dir():
        raise InputError(
            f"{path} is a folder, not a file; name one file in it",
            f"{path} 是文件夹而不是文件；请指定其中的一个文件",
        )
    if path.exists() and not path.is_file():
        raise InputError(
            f"{path} is a pipe or a device; write it to a file first: it is read more than once",
            f"{path} 是管道或设备；请先保存为文件，因为需要多次读取",
        )
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    except FileNotFoundError:
        raise InputError(
            f"{path} does not exist; check the name and the folder ({Path.cwd()})",
            f"{path} 不存在；请检查文件名和所在目录（{Path.cwd()}）",
        ) from None
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", f"{path} 无法读取：{error.strerror}"
        ) from error
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        raise InputError(
            f"{path} is empty; a table with a header line is expected",
            f"{path} 是空文件；应为带表头的表格",
        )
    return head


def _workbook(path: Path) -> Format:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError):
        names = []
    if any(name.startswith("xl/") for name in names):
        return Format.XLSX
    inside = ", ".join(names[:3]) or "?"
    raise InputError(
        f"{path} is a zip archive ({inside}), or a damaged workbook; unpack it first",
        f"{path} 是 zip 压缩包（{inside}）或已损坏的工作簿；请先解压",
    )


def _refuse_binary(path: Path, head: bytes) -> None:
    signs = len(head) - len(head.translate(None, NEVER_IN_TEXT))
    if signs > BINARY_SHARE * len(head) and not (bom_length(head) or utf16_without_mark(head)):
        raise InputError(
            f"{path} is no text but binary data; CSV, JSON Lines, Parquet or .xlsx is expected",
            f"{path} 不是文本而是二进制数据；应为 CSV、JSON Lines、Parquet 或 .xlsx",
        )
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise InputError(
            f"{path} is an HTML or XML page (some systems name it .xls); open it in Excel and save"
            " it as .xlsx",
            f"{path} 是 HTML 或 XML 页面（有些系统会命名为 .xls）；请用 Excel 打开并另存为 .xlsx",
        )


def _text_format(path: Path, head: bytes) -> Format:
    named = EXTENSIONS.get(path.suffix.lower())
    first = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:2]
    if first[:1] == b"{":
        return Format.JSONL
    if first[:1] == b"[" and (named in (Format.JSON, Format.JSONL) or first[1:] in b"{\r\n \t]"):
        return Format.JSON
    return Format.TSV if named is Format.TSV else Format.CSV
