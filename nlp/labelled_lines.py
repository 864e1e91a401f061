"""The lines of a labelled file, and what is wrong with one that is not UTF-8."""

from collections.abc import Iterator
from pathlib import Path

from nlp.errors import LabelError
from nlp.not_utf8 import ESCAPED, fault_of_encoding, raw_lines


def labelled_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a UTF-8 file that are not blank, with their numbers from 1.

    Raises
    ------
    LabelError
        A line is not UTF-8; names file, line, what was found and the remedy.
    """
    for number, line in raw_lines(path):
        if ESCAPED.search(line):
            place, why = fault_of_encoding(path)
            raise LabelError(f"{path}:{place}: {why.en}", f"{path}:{place}：{why.zh}")
        if line.strip():
            yield number, line
