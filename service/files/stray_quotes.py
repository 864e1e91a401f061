"""Whether a quote that spans lines is a quote at all, or a sign of somebody's text."""

import csv
from collections.abc import Sequence


def rows_joined_by_quote(lines: Sequence[str], delimiter: str, width: int) -> list[list[str]]:
    """Return the rows that a stray quote has made one record of; none where it is a quote indeed.

    It is stray when every line splits into `width` fields by itself, and begins as the first line
    does (or ends as the last one, where the quote stands in the first field).

    Parameters
    ----------
    lines
        Physical lines of one record, without those that are blank.
    delimiter, width
        What separates the fields, and how many the header has.
    """
    # A text of several lines that was quoted on purpose hardly ever has exactly as many delimiters
    # on every line as the header has, and behind each line break what looks like an id.
    plain = [line.rstrip("\r\n").split(delimiter) for line in lines]
    if min(len(lines), width) < 2 or any(len(fields) != width for fields in plain):
        return []
    opened = next(csv.reader(lines[:1], delimiter=delimiter))
    edge = [fields[0] for fields in plain] if len(opened) > 1 else [row[-1] for row in plain[::-1]]
    if any(_kind(cell) != _kind(edge[0]) for cell in edge):
        return []
    return [_fields(line, row, delimiter) for line, row in zip(lines, plain, strict=True)]


def _kind(cell: str) -> tuple[bool, bool]:
    """Return whether a cell is of ASCII only, and whether it holds a digit: ids and times do."""
    return cell.isascii(), any(map(str.isdigit, cell))


def _fields(line: str, plain: list[str], delimiter: str) -> list[str]:
    """Return the fields of a line; as they are split plainly where its quotes do not close."""
    reader = csv.reader([line, ""], delimiter=delimiter, strict=True)
    try:
        fields = next(reader)
    except csv.Error:
        return plain
    closed = reader.line_num == 1 and len(fields) == len(plain)
    return fields if closed else plain
