"""What `tingyin actions` and `tingyin kpi` read: scores, orders, signals and tables by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from service.commands.score_files import read_tables, rejected
from service.commands.tables_input import given_files
from service.errors import InputError
from service.files import Reject, open_table
from service.files.replacing import is_nothing
from service.files.rows import read_records

if TYPE_CHECKING:
    import pandas as pd

    from tiering.actions import ActionsPolicy, Inputs

PLACE = ("file", "line")
NOT_LOOKED_AT = frozenset({"reasons", "evidence"})
"""Columns that no condition looks at, and that would take most of the memory."""


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a run; contract tables and others by name."""

    tiers: Path
    contracts: Mapping[str, Path]
    others: Mapping[str, Path]

    def every(self) -> list[Path]:
        """Return all of them."""
        return [self.tiers, *self.contracts.values(), *self.others.values()]


@dataclass(frozen=True, slots=True)
class Given:
    """What was read: the scores, the checked tables, all tables by name, and the rejects."""

    scores: "pd.DataFrame"
    inputs: "Inputs"
    tables: Mapping[str, object]
    rejects: Sequence[Reject]


def files_of(
    tiers: Path,
    orders: Path | None,
    signals: Path | None,
    accounts: Path | None,
    tables: Sequence[str],
) -> Files:
    """Return the files of a run; `tables` are `NAME=FILE`.

    Raises
    ------
    InputError
        A table is not written so, stands there twice, or is one that is made.
    """
    contracts = given_files(orders=orders, signals=signals, accounts=accounts)
    others: dict[str, Path] = {}
    for text in tables:
        name, equals, path = text.partition("=")
        if not (name.isidentifier() and equals and path) or name in others:
            raise InputError(
                f"--table {text!r}: write NAME=FILE, each name once, such as lifecycle=stages.csv",
                f"--table {text!r}：请写成 名称=文件，每个名称一次，例如 lifecycle=stages.csv",
            )
        others[name] = Path(path)
    for name, source in (("orders", orders), ("complaints", signals)):
        if source is not None and name in others:
            raise InputError(
                f"--table {name}=…: {name} is made of {source}; leave one of the two out",
                f"--table {name}=…：{name} 已由 {source} 生成；请去掉其中之一",
            )
    return Files(tiers, contracts, others)


def read_given(files: Files, as_of: str | None, policy: "ActionsPolicy") -> Given:
    """Return what the files hold, as of a day; that of the scores where none is given.

    Raises
    ------
    InputError
        A file is no table, lacks a column, or the scores do not say as of when they are.
    TieringError
        A table cannot be used.
    """
    from tiering.actions import inputs_of, tables_of

    scores = read_flat(files.tiers)
    read = read_tables(files.contracts, "pandas")
    inputs = inputs_of(as_of=as_of or _day_of(scores, files.tiers), **read.frames)
    others = {name: read_flat(path) for name, path in files.others.items()}
    rejects = [*read.unread, *rejected(inputs.refused, files.contracts)]
    return Given(scores, inputs, {**tables_of(inputs, policy), **others}, rejects)


def read_flat(path: Path) -> "pd.DataFrame":
    """Return a table of any format as a frame, without the columns that hold sentences.

    Raises
    ------
    InputError
        The file, or a row of it, cannot be read.
    """
    import pandas as pd

    table = open_table(path)
    if table.format == "parquet":
        import pyarrow.parquet as pq

        names = [name for name in table.columns if name not in NOT_LOOKED_AT]
        read: pd.DataFrame = pq.read_table(path, columns=names).to_pandas(
            types_mapper=pd.ArrowDtype
        )
        return read
    flat = table.format not in ("json", "jsonl")
    cells: dict[str, list[object]] = {name: [] for name in (table.columns if flat else ())}
    for rows, record in enumerate(read_records(table)):
        for name in record.values.keys() - cells.keys():
            cells[name] = [None] * rows
        for name, column in cells.items():
            column.append(record.values.get(name))
    kept = {name: column for name, column in cells.items() if name not in NOT_LOOKED_AT}
    return pd.DataFrame({name: pd.Series(each, dtype=object) for name, each in kept.items()})


def read_contact(path: Path) -> "pd.DataFrame":
    """Return a table about contact with the `file` and the `line` of each row, for messages.

    Raises
    ------
    InputError
        The file, or a row of it, cannot be read.
    """
    frame = read_flat(path)
    return frame.assign(
        file=str(path), line=[record.line for record in read_records(open_table(path))]
    )


def read_log(paths: Sequence[Path]) -> "pd.DataFrame":
    """Return logs of actions as one; what `tingyin actions` wrote counts as done on its day.

    Raises
    ------
    InputError
        A file, or a row of it, cannot be read.
    """
    import pandas as pd

    # A day without an action leaves an empty file, which is a log all the same.
    logs = [read_contact(path) for path in paths if not is_nothing(path)]
    dated = [log if "at" in log.columns else log.rename(columns={"as_of": "at"}) for log in logs]
    wanted = ("customer_id", "action", "at", *PLACE)
    kept = [log[[name for name in wanted if name in log.columns]] for log in dated]
    nothing = pd.DataFrame(
        {name: pd.Series(dtype=object) for name in ("customer_id", "action", "at")}
    )
    return pd.concat(kept, ignore_index=True) if kept else nothing


def _day_of(scores: "pd.DataFrame", path: Path) -> str:
    days = list(scores["as_of"].dropna().unique()) if "as_of" in scores.columns else []
    if len(days) != 1:
        raise InputError(
            f"{path} is as of {', '.join(map(str, days[:3])) or 'no day'}; give --as-of",
            f"{path} 的截至日期为 {'、'.join(map(str, days[:3])) or '空'}；请指定 --as-of",
        )
    return str(days[0])
