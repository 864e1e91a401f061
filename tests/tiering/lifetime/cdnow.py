"""The CDNOW files inside the wheel `lifetimes`, found without importing it."""

import csv
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import files
from pathlib import Path

import numpy as np
import pyarrow as pa

from nlp.evaluation import Floats
from tiering.lifetime import Histories, histories
from tiering.times import CHINA

FIT_UNTIL, HELD_OUT_UNTIL = "1997-09-30", "1998-06-30"


def path_of(name: str) -> Path:
    """Return where a data file of the wheel lies."""
    found = [path for path in files("lifetimes") or () if path.name == name]
    return Path(str(found[0].locate()))


@cache
def sample() -> tuple[Histories, Floats]:
    """Return the 2,357 customers of the 1/10 sample in weeks, and their mean repeat spend."""
    with path_of("cdnow_customers_summary_with_transactions.csv").open() as file:
        rows = list(csv.DictReader(file))
    x, t_x, age, spend = (
        np.array([float(row[n]) for row in rows]) for n in ("x", "t_x", "T", "zbar")
    )
    return histories(x, t_x, age), spend


@cache
def orders() -> pa.Table:
    """Return all 69,659 orders of the 23,570 customers by the contract; cents stand for fen."""
    lines = [line.split() for line in path_of("CDNOW_master.txt").read_text().splitlines()[1:]]
    days = {day: _noon(day) for day in {line[1] for line in lines}}
    return pa.table(
        {
            "order_id": [str(number) for number in range(len(lines))],
            "customer_id": [line[0] for line in lines],
            "ordered_at": [days[line[1]] for line in lines],
            "amount": [round(float(line[3]) * 100) for line in lines],
        }
    )


def _noon(day: str) -> datetime:
    return datetime.strptime(day, "%Y%m%d").replace(tzinfo=CHINA) + timedelta(hours=12)
