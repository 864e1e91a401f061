"""A table of tags, many rows a customer, as columns: the value of each tag as it holds today."""

from collections.abc import Sequence

import narwhals as nw
import pyarrow as pa
import pyarrow.compute as pc

from tiering.check import with_microseconds
from tiering.frames import collect, columns_of, open_frame
from tiering.times import Moment

TIMES = ("valid_from", "valid_to", "known_at")


def tag_cells(
    ids: pa.Array, native: object, names: Sequence[str], moment: Moment
) -> tuple[dict[str, pa.Array], int]:
    """Return the value of each named tag for every customer, and how many rows are of others.

    A tag without a `value` is `true`. Rows that are not valid at the moment (`valid_from` to
    before `valid_to`), or were not known yet (`known_at`), do not count; of several that hold, the
    one known last does, of equally known ones the greatest value.
    """
    table = _holding(native, moment)
    strangers = table.num_rows - (pc.sum(pc.is_in(table["customer_id"], ids)).as_py() or 0)
    return {name: _of_tag(table, ids, name) for name in names}, strangers


def _holding(native: object, moment: Moment) -> pa.Table:
    present = columns_of(native)
    times = [name for name in TIMES if name in present]
    frame = with_microseconds(open_frame(native, ["customer_id", "tag", "value", *times]), times)
    for name in times:
        at = nw.col(f"{name}_us")
        holds = at > moment.us if name == "valid_to" else at <= moment.us
        frame = frame.filter(at.is_null() | holds)
    known = nw.col("known_at_us") if "known_at" in times else nw.lit(0)
    whole = frame.select(
        nw.col("customer_id").cast(nw.String),
        nw.col("tag").cast(nw.String),
        value=nw.col("value").cast(nw.String).fill_null("true"),
        known=known.fill_null(0).cast(nw.Int64),
    )
    return collect(whole.filter(~nw.col("customer_id").is_null()))


def _of_tag(table: pa.Table, ids: pa.Array, name: str) -> pa.Array:
    rows = table.filter(pc.equal(table["tag"], name))
    rows = rows.sort_by([("known", "descending"), ("value", "descending")])
    # index_in finds the first of equal customers, which is the one that counts.
    places = pc.index_in(ids, rows["customer_id"].combine_chunks().cast(pa.string()))
    return rows["value"].combine_chunks().cast(pa.string()).take(places)
