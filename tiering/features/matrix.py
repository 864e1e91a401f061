"""A frame of features as columns of numbers, in an order that depends on nothing but the rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tiering import frames
from tiering.errors import FeatureError

Numbers = npt.NDArray[np.float64]
KEYS = ("customer_id", "as_of")


@dataclass(frozen=True, slots=True)
class Columns:
    """The features of a frame by name, beside the keys of its rows, sorted by the keys.

    `order` leads from the sorted rows to those of the frame.
    """

    table: pa.Table
    customers: list[str]
    order: npt.NDArray[np.int64]

    def names(self) -> list[str]:
        """Return the names of the features, by name."""
        return sorted(name for name in self.table.column_names if name not in KEYS)

    def numbers(self, name: str) -> Numbers:
        """Return a feature as 64-bit floats, NaN where it is null."""
        column = self.table.column(name)
        numbers: Numbers = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
        return numbers

    def matrix(self, names: Sequence[str], rows: npt.NDArray[np.int64] | None = None) -> Numbers:
        """Return features as columns of one matrix, of all rows or of these."""
        columns = [self.numbers(name) for name in names]
        return np.column_stack([each if rows is None else each[rows] for each in columns])


def columns_of(frame: object) -> Columns:
    """Return the columns of what `features` or `training_frame` gave, or of a frame like it.

    An Arrow table will do too.

    Raises
    ------
    FeatureError
        It has no customer_id, no row, no feature, or a column that is no number.
    """
    table = frame if isinstance(frame, pa.Table) else _arrow(frame)
    _demand(table)
    keys = [(name, "ascending") for name in KEYS if name in table.column_names]
    order = pc.sort_indices(table.select([name for name, _ in keys]), sort_keys=keys)
    ordered = table.take(order)
    return Columns(ordered, ordered["customer_id"].to_pylist(), order.to_numpy().astype(np.int64))


def _arrow(frame: object) -> pa.Table:
    return frames.collect(frames.open_frame(frame, frames.columns_of(frame)))


def _demand(table: pa.Table) -> None:
    if KEYS[0] not in table.column_names or table.num_rows == 0 or table.num_columns < 2:
        raise FeatureError(
            f"{table.num_rows} rows of {', '.join(table.column_names) or 'no column'}: needed are "
            "customer_id, at least one row and one feature",
            f"{table.num_rows} 行，列为 {'、'.join(table.column_names) or '无'}："
            "需要 customer_id、至少一行和一个特征",
        )
    for field in table.schema:
        empty = table[field.name].null_count == table.num_rows
        if not (field.name in KEYS or empty or _is_number(field.type)):
            raise FeatureError(
                f"{field.name} holds {field.type}, no numbers; leave the column out",
                f"{field.name} 列为 {field.type}，不是数字；请去掉该列",
            )


def _is_number(kind: pa.DataType) -> bool:
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean)
    return any(test(kind) for test in tests)
