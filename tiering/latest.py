"""The newest day in the data: the day to score as of when nobody says another."""

from collections.abc import Mapping
from datetime import date, datetime

import narwhals as nw

from tiering.check import with_microseconds
from tiering.frames import collect, columns_of, open_frame
from tiering.schema import CONTRACTS
from tiering.times import EARLIEST_US, EPOCH, MICROSECOND, china_time


def newest_day(tables: Mapping[str, object], until: datetime) -> date | None:
    """Return the day in China of the newest row that lies not after `until`; None without any.

    Parameters
    ----------
    tables
        Native frames by the name of their contract; those that lack their time are passed over.
    until
        Usually now, with its zone: a clock that ran ahead must not make everybody look lapsed.
    """
    end = (until - EPOCH) // MICROSECOND
    newest = [_newest(native, name, end) for name, native in tables.items()]
    known = [microseconds for microseconds in newest if microseconds is not None]
    if not known:
        return None
    return china_time(max(known)).date()


def _newest(native: object, name: str, end: int) -> int | None:
    event = CONTRACTS[name].event
    if event not in columns_of(native):
        return None
    at = nw.col(f"{event}_us")
    times = with_microseconds(open_frame(native, [event]), [event])
    past = times.filter((at >= EARLIEST_US) & (at <= end)).select(at.max())
    found = collect(past).column(0)[0].as_py()
    return None if found is None else int(found)
