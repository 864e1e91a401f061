"""The files of the sample, and how they are written: UTF-8, the same bytes everywhere."""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SamplePaths:
    """Where the files of a sample are.

    `labels` holds the hand-written texts with their intended labels, in the format of the label
    guide, for `tingyin eval`; `truth` says what was planted.
    """

    feedback: Path
    transcripts: Path
    orders: Path
    engagement: Path
    accounts: Path
    edges: Path
    labels: Path
    truth: Path


def paths_in(folder: Path) -> SamplePaths:
    """Return where the files of a sample in `folder` are."""
    return SamplePaths(
        feedback=folder / "feedback.csv",
        transcripts=folder / "transcripts.jsonl",
        orders=folder / "orders.csv",
        engagement=folder / "engagement.csv",
        accounts=folder / "accounts.csv",
        edges=folder / "edges.csv",
        labels=folder / "labels.jsonl",
        truth=folder / "truth.json",
    )


def write_csv(path: Path, columns: tuple[str, ...], rows: Iterable[Mapping[str, object]]) -> None:
    """Write the named columns of `rows`; an absent value is an empty cell."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)


def write_jsonl(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """Write one JSON object a line; absent and empty values are left out."""
    lines = (json.dumps(_present(row), ensure_ascii=False) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def write_json(path: Path, value: Mapping[str, object]) -> None:
    """Write one JSON object, indented for people to read."""
    text = json.dumps(value, ensure_ascii=False, indent=1, default=_cell)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _present(row: Mapping[str, object]) -> dict[str, object]:
    kept = {name: value for name, value in row.items() if value not in (None, "")}
    return {n: v.isoformat() if isinstance(v, datetime) else v for n, v in kept.items()}
