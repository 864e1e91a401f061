"""Who bought or said something and is not in the scores: they count in no tier, and are told."""

from collections.abc import Mapping
from dataclasses import dataclass

import narwhals as nw
import pyarrow as pa
import pyarrow.compute as pc

from tiering.actions.inputs import Inputs
from tiering.frames import collect, open_frame


@dataclass(frozen=True, slots=True)
class Strangers:
    """How many customers are not in the scores, and how many rows of theirs were left aside."""

    customers: int
    rows: int


def strangers_of(scores: object, inputs: Inputs) -> Mapping[str, Strangers]:
    """Return by table, `orders` and `signals`, whose rows no tier counts; those with any.

    Of signals the rows are units, a session or a text outside of any; what was said by nobody
    known is no customer's and does not count here.
    """
    frame = open_frame(scores, ["customer_id"])
    known = collect(frame.select(nw.col("customer_id").cast(nw.String)))["customer_id"]
    ids = pc.unique(known.cast(pa.string()))
    found = {}
    for name, rows in (("orders", inputs.orders), ("signals", inputs.said)):
        if rows is None:
            continue
        counts = rows.group_by("customer_id").agg(nw.len().alias("rows"))
        table = collect(counts.select(nw.col("customer_id").cast(nw.String), nw.col("rows")))
        theirs = table.filter(pc.invert(pc.is_in(table["customer_id"].cast(pa.string()), ids)))
        if theirs.num_rows:
            found[name] = Strangers(theirs.num_rows, pc.sum(theirs["rows"]).as_py())
    return found
