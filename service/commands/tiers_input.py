"""A file of tiers, as `tingyin score` writes it: one row a customer, nothing twice."""

from dataclasses import dataclass
from pathlib import Path

from service.commands.columns_input import Reading, number, read_columns, text
from service.errors import InputError
from service.files import open_table
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
    readings: dict[str, Reading] = {"customer_id": text, "tier": text, "score": number}
    if value is not None:
        readings[value] = number
    read = read_columns(path, readings, once=("customer_id",))
    values = None if value is None else read[value]
    return Tiers(path, read["customer_id"], read["tier"], read["score"], values)


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
    found = 0.0 if cell in (None, "") else number(cell)
    if not isinstance(found, float) or not found.is_integer():
        raise InputError(
            f"{path}, line {line}, runs_beyond: {cell!r} is no whole number; correct the row",
            f"{path} 第 {line} 行，runs_beyond：{cell!r} 不是整数；请更正此行",
        )
    return int(found)
