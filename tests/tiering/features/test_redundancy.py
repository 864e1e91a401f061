"""Redundancy: what goes, why, and that neither the order of columns nor of rows decides."""

import random

import numpy as np
import pandas as pd
import pytest

from tests.tiering.tables import market, native
from tiering.errors import FeatureError
from tiering.features import Lines, features, redundancy

ROWS = 400


def planted() -> pd.DataFrame:
    """Return features of which is known what is wrong with them."""
    rng = np.random.default_rng(4)
    money = rng.lognormal(4, 1, ROWS).round(2)
    gaps = money * 3 + 1
    gaps[:40] = np.nan
    rare = np.zeros(ROWS)
    rare[0] = 7
    absent = np.full(ROWS, np.nan)
    absent[:10] = rng.normal(size=10)
    steady = np.full(ROWS, 3.0)
    steady[5:50] = np.nan
    return pd.DataFrame(
        {
            "customer_id": [f"c{n:03}" for n in range(ROWS)],
            "money": money,
            "money_again": money,
            "money_bent": np.log(money),
            "money_with_gaps": gaps,
            "money_upside_down": -(money**3),
            "other": rng.normal(size=ROWS),
            "rare": rare,
            "absent": absent,
            "steady": steady,
            "empty": [None] * ROWS,
        }
    )


GONE = {
    "money_again": ("duplicate", "money", "equal to money in every row"),
    "money_bent": ("correlated", "money", "rank correlation of +1.000 with money"),
    "money_with_gaps": ("correlated", "money", "rank correlation of +1.000 with money"),
    "money_upside_down": ("correlated", "money", "rank correlation of -1.000 with money"),
    "rare": ("nearly_constant", None, "the same value, or null, in 99.75% of the rows"),
    "absent": ("missing", None, "null for 97.5% of the rows"),
    "empty": ("missing", None, "null for 100.0% of the rows"),
    "steady": ("constant", None, "one value in every row that has one"),
}


def test_what_goes_and_why() -> None:
    found = redundancy(planted())
    assert set(found.kept) == {"money", "other"}
    told = {each.name: (each.why, each.instead, str(each.reason())) for each in found.dropped}
    assert told == GONE
    assert all(each.reason().zh != each.reason().en for each in found.dropped)


@pytest.mark.parametrize("seed", range(5))
def test_neither_columns_nor_rows_in_another_order_matter(seed: int) -> None:
    rng, frame = random.Random(seed), planted()
    columns = rng.sample(list(frame.columns), len(frame.columns))
    shuffled = frame[columns].sample(frac=1, random_state=seed)
    assert redundancy(shuffled) == redundancy(frame)


def test_the_criterion_decides_which_one_stays() -> None:
    found = redundancy(planted(), criterion={"money_bent": 2.0, "money_with_gaps": 1.0})
    assert set(found.kept) == {"money_bent", "other"}
    assert {each.instead for each in found.dropped} == {None, "money_bent", "money"}


def test_fewer_nulls_stay() -> None:
    frame = planted()[["customer_id", "money_with_gaps", "money_bent"]]
    assert redundancy(frame).kept == ("money_bent",)


LINES = {
    "rare values may stay": (Lines(same=1.0), "rare"),
    "nulls may stay": (Lines(missing=0.98, same=1.0), "absent"),
}


@pytest.mark.parametrize("case", LINES)
def test_lines(case: str) -> None:
    lines, stays = LINES[case]
    assert stays in redundancy(planted(), lines).kept
    assert stays not in redundancy(planted()).kept


def test_kept_features_are_not_close_to_each_other() -> None:
    tables = {"orders": native("pandas", market(customers=200)["orders"])}
    frame = features(tables, "2026-06-30")
    kept = list(redundancy(frame, Lines(correlation=0.9)).kept)
    ranks = frame[kept].astype(float).rank()
    close = ranks.corr(min_periods=30).abs().to_numpy(copy=True)
    np.fill_diagonal(close, 0)
    assert np.nanmax(close) <= 0.9 + 1e-9


WRONG = {
    "no row": (planted().head(0), None, "0 rows"),
    "no feature": (planted()[["customer_id"]], None, "at least one row and one feature"),
    "no customer": (planted().drop(columns="customer_id"), None, "customer_id"),
    "text": (planted().assign(city="北京"), None, "city holds"),
    "line of 0": (planted(), Lines(missing=0.0), "line missing is 0.0"),
    "line above 1": (planted(), Lines(correlation=95), "line correlation is 95"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_judged(case: str) -> None:
    frame, lines, said = WRONG[case]
    with pytest.raises(FeatureError, match=said):
        redundancy(frame, lines)
