"""The answers of people: exports of Label Studio and sheets filled in, told apart by content."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlp.errors import NlpError
from service.errors import InputError
from service.files import Reject, Table, open_table
from service.files.rows import read_records

if TYPE_CHECKING:
    from nlp.review import Answers, Decision, GivenLabels

Read = Callable[[dict[str, Any], str], "Answers"]


@dataclass(frozen=True, slots=True)
class Taken:
    """What was read: decisions, rows skipped or not filled in, and rows that cannot be used."""

    decisions: "Sequence[Decision]"
    rows: int
    skipped: int
    open: int
    rejects: Sequence[Reject]


def read_answers(files: Sequence[Path], annotator: str, known: "Sequence[Decision]" = ()) -> Taken:
    """Return the answers in files, in order; a row that breaks the guide is rejected, told why.

    Parameters
    ----------
    files
        JSON exports of Label Studio, or sheets of `tingyin review export` in any table format.
    annotator
        Who filled in a sheet whose column `annotator` is empty.
    known
        Earlier decisions: a sheet that repeats them says nothing new.

    Raises
    ------
    InputError
        A file is neither.
    """
    from nlp.review import news

    decisions: list[Decision] = []
    rejects: list[Reject] = []
    rows = skipped = open_ = 0
    for path in files:
        table = open_table(path)
        read = _reader(table, annotator)
        said: list[Decision] = []
        for record in read_records(table, rejects.append):
            rows += 1
            try:
                found = read(record.values, f"{path.name}:{record.line}")
            except NlpError as error:
                rejects.append(Reject(path.name, record.line, "", "", error.message))
                continue
            said += found.decisions
            skipped += bool(found.skipped)
            open_ += not (found.decisions or found.skipped)
        decisions += said if "annotations" in table.columns else news(known, said)
    return Taken(decisions, rows, skipped, open_, rejects)


def read_given(path: Path) -> "list[GivenLabels]":
    """Return the labelled texts of a JSONL file in the format of the label guide.

    Raises
    ------
    InputError
        There is no such file.
    LabelError
        Naming file, line, field and the allowed values.
    """
    from nlp.gold import read_labelled
    from nlp.review import given_labels

    if not path.is_file():
        raise InputError(
            f"{path} is no file; name a JSONL file of labelled texts",
            f"{path} 不是文件；请给出标注文本的 JSONL 文件",
        )
    return [
        given_labels(row, f"{path.name}:{number}")
        for number, (row, _) in enumerate(read_labelled(path), start=1)
    ]


def _reader(table: Table, annotator: str) -> Read:
    from nlp.review import answers, sheet_answers

    if "annotations" in table.columns:
        return answers
    if {"key", "text", "decision"} <= set(table.columns):
        # The time of the file: the same sheet read again holds no new decisions.
        at = datetime.fromtimestamp(table.path.stat().st_mtime, UTC)
        return lambda row, where: sheet_answers(row, where, at, annotator)
    raise InputError(
        f"{table.path} holds no answers: neither 'annotations' (Label Studio, exported as JSON,"
        " not JSON-MIN) nor the columns key, text and decision of the sheet tasks.csv",
        f"{table.path} 中没有标注结果：既无 annotations（Label Studio 请导出为 JSON 而非"
        " JSON-MIN），也无表格 tasks.csv 的 key、text、decision 列",
    )
