"""A file of tiers, as `tingyin score` writes it: one row a customer, nothing twice."""

from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import NoReturn

from service.errors import InputError
from service.files import open_table
from service.files.rejects import shown
from service.files.rows import read_records


@dataclass(frozen=True, slots=True)
class Tiers:
    """The rows of one file: customers with tier, score and, where asked for, what they are worth.

    All lists have one cell a customer, in the order of the file.
    """

    path: Path
    customers: list[str]
    tiers: list[str]
    scores: list[float]
    values: list[float] | None

    def by_customer(self) -> dict[str, str]:
        """Return the tier of each customer."""
        return dict(zip(self.customers, self.tiers, strict=True))


def read_tiers(path: Path, value: str | None = None) -> Tiers:
    """Return the customers of a file of tiers.

    Parameters
    ----------
    path
        Any format that Tingyin reads, with the columns customer_id, tier and score.
    value
        A further column of numbers, such as what a customer is worth in fen.

    Raises
    ------
    InputError
        The file is no table, lacks a column, has no rows, or has a row without a customer, a tier
        or a finite score; a customer stands in it twice.
    """
    columns = ("customer_id", "tier", "score", *([] if value is None else [value]))
    cells: dict[str, list[object]] = {name: [] for name in columns}
    lines: list[int] = []
    for record in read_records(open_table(path)):
        lines.append(record.line)
        for name, column in cells.items():
            if name not in record.values:
                _no_column(path, name, columns)
            column.append(record.values[name])
    if not lines:
        raise InputError(
            f"{path}: no customer stands in it; give a file that `tingyin score` wrote",
            f"{path}：其中没有顾客；请提供 `tingyin score` 写出的文件",
        )
    texts = {name: _texts(path, name, cells[name], lines) for name in ("customer_id", "tier")}
    _demand_once(path, texts["customer_id"], lines)
    numbers = {name: _numbers(path, name, cells[name], lines) for name in columns[2:]}
    values = None if value is None else numbers[value]
    return Tiers(path, texts["customer_id"], texts["tier"], numbers["score"], values)


def read_runs(path: Path) -> dict[str, list[object]]:
    """Return the columns of a file of tiers that the next run needs, one cell a customer.

    `runs_beyond`, `as_of` and `uncapped_tier` are None where the file has no such column.

    Raises
    ------
    InputError
        As for `read_tiers`; a count of runs is no whole number.
    """
    read = read_tiers(path)
    records = list(read_records(open_table(path)))
    times, before = (
        [record.values.get(name) for record in records] for name in ("as_of", "uncapped_tier")
    )
    return {
        "customer_id": list(read.customers),
        "tier": list(read.tiers),
        "runs_beyond": [
            _whole(path, each.line, each.values.get("runs_beyond")) for each in records
        ],
        "as_of": [None if time is None else str(time) for time in times],
        "uncapped_tier": [str(tier) if tier else None for tier in before],
    }


def _whole(path: Path, line: int, cell: object) -> int:
    number = 0.0 if cell in (None, "") else _number(cell)
    if not number.is_integer():
        raise InputError(
            f"{path}, line {line}, runs_beyond: {cell!r} is no whole number; correct the row",
            f"{path} 第 {line} 行，runs_beyond：{cell!r} 不是整数；请更正此行",
        )
    return int(number)


def _no_column(path: Path, name: str, columns: tuple[str, ...]) -> NoReturn:
    raise InputError(
        f"{path}: no column {name}; needed are {', '.join(columns)}, as "
        "`tingyin score` writes them",
        f"{path}：缺少列 {name}；需要 {'、'.join(columns)}，即 `tingyin score` 的输出",
    )


def _texts(path: Path, name: str, cells: list[object], lines: list[int]) -> list[str]:
    for cell, line in zip(cells, lines, strict=True):
        if cell is None or str(cell).strip() in ("", "nan"):
            raise InputError(
                f"{path}, line {line}, {name}: the cell is empty; every customer has a tier",
                f"{path} 第 {line} 行，{name}：单元格为空；每位顾客都须有层级",
            )
    return [str(cell) for cell in cells]


def _numbers(path: Path, name: str, cells: list[object], lines: list[int]) -> list[float]:
    numbers = [_number(cell) for cell in cells]
    for number, cell, line in zip(numbers, cells, lines, strict=True):
        if not isfinite(number):
            raise InputError(
                f"{path}, line {line}, {name}: {cell!r} is no finite number; correct the row",
                f"{path} 第 {line} 行，{name}：{cell!r} 不是有限的数字；请更正此行",
            )
    return numbers


def _number(cell: object) -> float:
    if isinstance(cell, str | int | float) and not isinstance(cell, bool):
        try:
            return float(cell)
        except ValueError:
            return float("nan")
    return float("nan")


def _demand_once(path: Path, customers: list[str], lines: list[int]) -> None:
    seen: dict[str, int] = {}
    for customer, line in zip(customers, lines, strict=True):
        if customer in seen:
            raise InputError(
                f"{path}: customer {shown(customer)} stands in lines {seen[customer]} and {line}; "
                "keep one row a customer",
                f"{path}：顾客 {shown(customer)} 出现在第 {seen[customer]} 行和第 {line} 行；"
                "每位顾客只保留一行",
            )
        seen[customer] = line
