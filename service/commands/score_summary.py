"""What is remembered of scores that pass by on their way into a file."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

SHOWN = 5


@dataclass(slots=True)
class Summary:
    """Customers by tier, how many are to be cared for, and the first rows of both lists."""

    tiers: Counter[str] = field(default_factory=Counter)
    unhappy: int = 0
    best: "pa.Table | None" = None
    care: "pa.Table | None" = None

    def passing(self, tables: Iterable["pa.Table"]) -> Iterator["pa.Table"]:
        """Yield the tables as they come, and remember what is shown of them."""
        for table in tables:
            self._add(table)
            yield table

    def _add(self, table: "pa.Table") -> None:
        counted = table["tier"].value_counts().to_pylist()
        self.tiers.update({row["values"]: row["counts"] for row in counted})
        unhappy = table.filter(table["care"])
        self.unhappy += unhappy.num_rows
        self.best = first_rows([self.best, table], "score", "customer_id")
        self.care = first_rows([self.care, unhappy], "commercial", "customer_id")


def first_rows(tables: Sequence["pa.Table | None"], by: str, name: str) -> "pa.Table":
    """Return the first rows by a figure, falling; of equal ones the first by their id."""
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = pa.concat_tables([table for table in tables if table is not None])
    keys = [(by, "descending"), (name, "ascending")]
    return rows.take(pc.select_k_unstable(rows, SHOWN, keys))
