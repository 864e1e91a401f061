"""Curves and decay: exact at their knots, straight between, held at the ends."""

import narwhals as nw
import polars as pl
import pytest

from tiering.curves import UNIT, Curve, decayed, settled, weighted

CURVE = Curve(((0.0, 100.0), (30.0, 80.0), (90.0, 20.0)))
POINTS = [(-5, 100.0), (0, 100.0), (15, 90.0), (30, 80.0), (60, 50.0), (90, 20.0), (1e9, 20.0)]


def computed(expression: nw.Expr, figures: list[float | None]) -> list[float | None]:
    frame = nw.from_native(pl.DataFrame({"x": pl.Series(figures, dtype=pl.Float64)}))
    return frame.select(y=expression)["y"].to_list()


@pytest.mark.parametrize(("figure", "points"), POINTS)
def test_points_of_a_figure(figure: float, points: float) -> None:
    assert CURVE.points(figure) == pytest.approx(points)
    assert computed(CURVE.at(nw.col("x")), [figure]) == [pytest.approx(points)]


def test_nothing_gives_nothing() -> None:
    assert computed(CURVE.at(nw.col("x")), [None]) == [None]


@pytest.mark.parametrize(("age", "weight"), [(0, 1.0), (30, 0.5), (60, 0.25), (15, 0.5**0.5)])
def test_half_is_left_after_the_half_life(age: float, weight: float) -> None:
    (found,) = computed(decayed(nw.col("x"), 30), [age])
    assert found == pytest.approx(weight * UNIT, abs=0.51)


@pytest.mark.parametrize(
    ("points", "held"),
    [(-3.0, 0.0), (0.0, 0.0), (50.1234564, 50.123456), (50.1234566, 50.123457), (100.4, 100.0)],
)
def test_scores_are_held_and_rounded(points: float, held: float) -> None:
    assert computed(settled(nw.col("x")), [points]) == [held]


def test_a_weighted_sum() -> None:
    assert computed(weighted({"x": 0.25}), [8.0]) == [2.0]
