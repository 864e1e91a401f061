"""What PySpark frames need beyond narwhals: their times, tables of Arrow, and a cut in the plan.

Spark keeps a frame as a plan and computes it again for every reader, so `hold` computes it once
and keeps the rows with the workers. Nothing is gathered on the driver but what `collect` asks for:
counts, refused rows, the different written times, and what the function that is called says.
"""

import warnings
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pyarrow as pa

from tiering.times import OFFSET_US

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

PANDAS_NOTE = "PySpark does not yet fully support pandas"
"""Said by PySpark 4.3 beside pandas 3 although Arrow tables pass through no pandas frame."""


def microseconds(frame: "nw.LazyFrame[Any]", name: str, *, zoned: bool) -> "nw.LazyFrame[Any]":
    """Return the frame with `<name>_us`, microseconds since 1970 UTC; no zone means China's time.

    A time without a zone is written out and read with one, because every direct way of Spark goes
    through the zone of the session, which may have hours that do not exist.
    """
    from pyspark.sql import functions

    native: DataFrame = frame.to_native()
    column = functions.col(name)
    if not zoned:
        written = functions.concat(column.cast("timestamp_ntz").cast("string"), functions.lit("Z"))
        column = written.cast("timestamp")
    read = functions.unix_micros(column) - (0 if zoned else OFFSET_US)
    return _frame(native.withColumn(f"{name}_us", read))


def attach(table: pa.Table, like: "nw.LazyFrame[Any]") -> "nw.LazyFrame[Any]":
    """Return an Arrow table as a frame in the session of `like`."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", PANDAS_NOTE, FutureWarning)
        return _frame(like.to_native().sparkSession.createDataFrame(table))


def hold(frame: "nw.LazyFrame[Any]") -> "nw.LazyFrame[Any]":
    """Return the frame computed once; its rows stay with the workers."""
    return _frame(frame.to_native().localCheckpoint())


def collect(frame: "nw.LazyFrame[Any]") -> pa.Table:
    """Return the frame as an Arrow table on the driver."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", PANDAS_NOTE, FutureWarning)
        table: pa.Table = frame.to_native().toArrow()
    return table


def _frame(native: "DataFrame") -> "nw.LazyFrame[Any]":
    frame: nw.LazyFrame[Any] = nw.from_native(native).lazy()
    return frame
