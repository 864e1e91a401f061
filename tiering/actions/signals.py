"""What customers said, as the rules and KPIs of this package need it: attributed, one row a unit.

A unit is a session, or a text outside of any: what is said in one session counts once.
"""

from functools import reduce
from operator import add

import narwhals as nw

from nlp.labels import COMPLAINTS
from tiering.answers import with_waiting
from tiering.frames import Frame, settle
from tiering.times import Moment, day_of

CATEGORIES = tuple(f"complaint_{name}" for name in COMPLAINTS)


def units(said: Frame, moment: Moment) -> Frame:
    """Return one row a unit of each customer from checked signals, attributed.

    Columns: `customer_id`; `day`, of its last text; `age`, days since then; `good` and `bad`, how
    many of its texts judge so (abstained ones do not); `asks`, 1 where it complains of or asks for
    something; `open`, 1 where one of these has no agent's answer since; `complains`; and
    `open_severity`, the worst of the complaints without an answer, one without severity being 1.

    Adverts, turns of agents and texts of unknown customers are left out.
    """
    return _by_unit(_rows(settle(said), moment))


def complaint_figures(said: Frame, open_days: int) -> Frame:
    """Return per customer `open` complaints of the last days, `worst_open`, and `open_days`.

    `worst_open` is their worst severity (1 to 3), `open_days` the age of the oldest; customers
    without an open complaint have no row.
    """
    rows = said.filter((nw.col("open_severity") > 0) & (nw.col("age") < open_days))
    sums = rows.group_by("customer_id").agg(
        nw.len().alias("open"),
        nw.col("open_severity").max().alias("worst_open"),
        nw.col("age").max().alias("open_days"),
    )
    return sums.with_columns(nw.col("open").cast(nw.Int64))


def _rows(said: Frame, moment: Moment) -> Frame:
    voices = with_waiting(said).filter(
        ~nw.col("customer_id").is_null()
        & (nw.col("role").fill_null("") != "agent")
        & (nw.col("spam") == 0)
    )
    session = nw.concat_str([nw.lit("session:"), nw.col("session_id")])
    alone = nw.concat_str([nw.lit("text:"), nw.col("id")])
    complains = (
        reduce(add, (nw.col(name) for name in ("intents_complaint", *CATEGORIES))) > 0
    ).cast(nw.Int64)
    judges = (nw.col("abstained") == 0).cast(nw.Int64)
    severity = nw.when(nw.col("severity") > 0).then(nw.col("severity")).otherwise(1)
    return voices.with_columns(
        unit=nw.coalesce(session, alone),
        day=day_of(nw.col("created_at")),
        complains=complains,
        asks=((complains + nw.col("intents_request")) > 0).cast(nw.Int64),
        good=judges * (nw.col("sentiment") == "positive").cast(nw.Int64),
        bad=judges * (nw.col("sentiment") == "negative").cast(nw.Int64),
        severe=severity.cast(nw.Int64),
    ).with_columns(
        age=moment.day - nw.col("day"),
        open=nw.col("asks") * nw.col("waiting"),
        open_severity=nw.col("complains") * nw.col("waiting") * nw.col("severe"),
    )


def _by_unit(rows: Frame) -> Frame:
    return settle(
        rows.group_by("customer_id", "unit").agg(
            nw.col("good", "bad").sum(),
            nw.col("day", "asks", "open", "complains", "open_severity").max(),
            nw.col("age").min(),
        )
    )
