"""The files of the review loop: tasks for people, and the folder where decisions are kept."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from service.commands.beside import keep_rejects
from service.errors import OutputError
from service.files import Reject, open_table, write_rows
from service.files.replacing import cannot_write, write_text
from service.files.rows import read_records

if TYPE_CHECKING:
    from nlp.review import Agreement, Decision, Learned, Resolved, Task

TASKS, CONFIG, SHEET, CHOICES = "tasks.json", "label_config.xml", "tasks.csv", "choices.csv"
DECISIONS, LABELS = "decisions.jsonl", "labels.jsonl"
REPORT, CORRECTION = "report.json", "correction.json"


def check_tasks(folder: Path, *, overwrite: bool) -> None:
    """Raise where tasks would be lost.

    Raises
    ------
    OutputError
        The folder holds tasks that somebody may be filling in.
    """
    lying = [name for name in (TASKS, SHEET) if (folder / name).exists()]
    if lying and not overwrite:
        raise OutputError(
            f"{folder} holds {' and '.join(lying)}, which somebody may be filling in; choose"
            " another folder, or say --overwrite",
            f"{folder} 中已有 {'、'.join(lying)}，可能有人正在填写；请另选文件夹，或加 --overwrite",
        )


def write_tasks(
    folder: Path, tasks: "Sequence[Task]", rejects: Sequence[Reject], *, overwrite: bool
) -> None:
    """Write the tasks for Label Studio and as a sheet, with what may be answered.

    Raises
    ------
    OutputError
        The folder cannot be written, or holds tasks that somebody may be filling in.
    """
    from nlp.review import choice_rows, label_config, sheet_row, task_json

    check_tasks(folder, overwrite=overwrite)
    _make(folder)
    _write_json(folder / TASKS, [task_json(task) for task in tasks])
    write_text(folder / CONFIG, label_config())
    write_rows(folder / SHEET, map(sheet_row, tasks))
    write_rows(folder / CHOICES, choice_rows())
    keep_rejects(folder / SHEET, rejects)


def known_decisions(folder: Path) -> "tuple[Decision, ...]":
    """Return the decisions kept in a folder, none where it is new.

    Raises
    ------
    InputError, LabelError, DecisionError
        A line is broken: it is named, and nothing is written.
    """
    from nlp.review import read_decision

    path = folder / DECISIONS
    if not path.exists() or path.stat().st_size == 0:
        return ()
    records = read_records(open_table(path))
    return tuple(read_decision(one.values, f"{path}:{one.line}") for one in records)


def decided_keys(folder: Path) -> frozenset[str]:
    """Return the keys of the texts that were decided."""
    return frozenset(one.key for one in known_decisions(folder))


def keep_decisions(
    folder: Path,
    decisions: "Sequence[Decision]",
    resolved: "Sequence[Resolved]",
    rejects: Sequence[Reject],
) -> None:
    """Write all decisions, then the labels that follow from them, then what was rejected.

    Texts with a tie are decided by nobody yet, and not among the labels.

    Raises
    ------
    OutputError
        The folder cannot be written; what was there before is still there.
    """
    _make(folder)
    write_rows(folder / DECISIONS, (one.as_row() for one in decisions))
    write_rows(folder / LABELS, (one.as_row() for one in resolved if not one.ties))
    keep_rejects(folder / LABELS, rejects)


def write_correction(
    folder: Path, agreements: "Sequence[Agreement]", learned: "Learned | None"
) -> None:
    """Write the report, and the correction where something was gained.

    A correction of an earlier run stays where nothing was gained.

    Raises
    ------
    OutputError
        The folder cannot be written.
    """
    from dataclasses import asdict

    from nlp.review import correction_text

    report = {
        "agreement": [one.as_row() for one in agreements],
        "trials": [asdict(trial) | {"helps": trial.helps} for trial in learned.trials]
        if learned
        else None,
        "outcome": {"en": learned.why.en, "zh": learned.why.zh} if learned else None,
    }
    _write_json(folder / REPORT, report)
    if learned and learned.correction:
        write_text(folder / CORRECTION, correction_text(learned.correction))


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error


def _write_json(path: Path, value: object) -> None:
    write_text(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")
