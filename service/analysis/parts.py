"""The rows of a table, part by part: checked, analysed, written into the work folder."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from nlp.message import Message
from nlp.schema import Signals
from service.files.chunks import characters_of, chunked
from service.files.contract import Contract, Feedback, check
from service.files.contract.seen import SeenIds
from service.files.rejects import Reject
from service.files.table import Record, Table, Unreadable
from service.files.work_folder import WorkFolder

Analyser = Callable[[Iterable[str]], Iterator[Signals]]
"""Texts in, their signals out, in order and one for each."""

OWN_IDS = Message(
    "give each row an id of its own, or number the rows: --make-ids",
    "请为每行使用不同的编号，或自动编号：--make-ids",
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: rows read in all, rows and rejects of this run, the reader's place."""

    rows: int
    new_rows: int
    rejects: int
    position: int
    size: int


def analyse_table(
    table: Table,
    contract: Contract,
    analyse: Analyser,
    work: WorkFolder,
    batch: int,
    report: Callable[[Progress], None],
) -> int:
    """Bring the rows of a table that are not done yet into finished parts.

    Parameters
    ----------
    table, contract
        Where the rows come from, and how they become feedback.
    analyse
        The model.
    work
        Where finished parts go; those already there are skipped over in the table.
    batch
        Rows of one part at most; a part of very long texts has fewer.
    report
        Is told how far the run is, at its beginning and after every part.

    Returns
    -------
    int
        Rows in the table, good ones and rejects alike.
    """
    seen = SeenIds(work.seen, work.done)
    items = table.records()
    try:
        rows = skipped = sum(1 for _ in islice(items, work.done))
        rejected = 0
        report(Progress(rows, 0, 0, 0, table.size))
        for part in chunked(items, batch, _characters):
            signals, rejects = _analyse_part(part, table.path.name, contract, analyse, seen)
            rows, rejected = rows + len(part), rejected + len(rejects)
            # The ids first: a kill in between leaves ids of a part that is then done again.
            seen.keep(rows)
            work.add(rows, signals, rejects)
            report(Progress(rows, rows - skipped, rejected, part[-1].position, table.size))
    finally:
        seen.close()
    return rows


def _characters(item: Record | Unreadable) -> int:
    if isinstance(item, Unreadable):
        return len(item.reject.value)
    return characters_of(item.values)


def _analyse_part(
    part: list[Record | Unreadable],
    file: str,
    contract: Contract,
    analyse: Analyser,
    seen: SeenIds,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    checked = [_checked(item, file, contract, seen) for item in part]
    feedback = [item for item in checked if isinstance(item, Feedback)]
    rejects = [item.as_row() for item in checked if isinstance(item, Reject)]
    found = analyse(item.text for item in feedback)
    rows = [signal_row(item, signals) for item, signals in zip(feedback, found, strict=True)]
    return rows, rejects


def _checked(
    item: Record | Unreadable, file: str, contract: Contract, seen: SeenIds
) -> Feedback | Reject:
    if isinstance(item, Unreadable):
        return item.reject
    feedback = check(file, item, contract)
    if isinstance(feedback, Reject):
        return feedback
    first = seen.first_line(feedback.id, feedback.line)
    return feedback if first is None else _duplicate(file, feedback, first, contract)


def _duplicate(file: str, feedback: Feedback, first: int, contract: Contract) -> Reject:
    column = contract.columns.sources.get("id", "id")
    reason = Message(f"the id stands on line {first} already", f"该编号已在第 {first} 行出现")
    return Reject(file, feedback.line, column, feedback.id, reason, OWN_IDS)


def signal_row(feedback: Feedback, signals: Signals) -> dict[str, Any]:
    """Return one row of the signals table; the raw text is not in it."""
    return {"id": feedback.id, **feedback.context, **signals.as_row()}
