"""Scores told in pieces are the scores told at once; rows in any order."""

import random

import pyarrow as pa

from tests.tiering.tables import market, native, rows_of
from tiering import score_pieces, score_run

LAST_DAY = "2026-06-30"


def test_pieces_make_up_the_whole() -> None:
    tables = {n: native("polars", rows) for n, rows in market(customers=12).items()}
    whole = score_run(**tables, as_of=LAST_DAY)
    pieces = score_pieces(tables, as_of=LAST_DAY, size=7)
    scores, authors = list(pieces.scores()), list(pieces.authors())
    assert [len(each) for each in scores] == [7, 5]
    assert pa.concat_tables(scores).to_pylist() == rows_of(whole.scores)
    assert pa.concat_tables(authors).to_pylist() == rows_of(whole.authors)
    assert (pieces.rows, pieces.refused) == (whole.rows, whole.refused)
    assert (pieces.customers, pieces.unattributed) == (whole.customers, whole.unattributed)


def test_the_order_of_the_rows_changes_nothing() -> None:
    tables, mixer = market(customers=12), random.Random(3)
    shuffled = {n: mixer.sample(rows, len(rows)) for n, rows in tables.items()}
    first, second = (
        score_pieces({n: native("polars", r) for n, r in each.items()}, as_of=LAST_DAY, size=7)
        for each in (tables, shuffled)
    )
    assert [each.to_pylist() for each in first.scores()] == [
        each.to_pylist() for each in second.scores()
    ]


def test_the_most_heard_are_the_first_by_influence_then_by_name() -> None:
    tables = {n: native("polars", rows) for n, rows in market(customers=12).items()}
    pieces = score_pieces(tables, as_of=LAST_DAY, size=7)
    everybody = pa.concat_tables(pieces.authors()).to_pylist()
    everybody.sort(key=lambda row: (-row["influence"], row["author_id"]))
    wanted = sorted(everybody[:3], key=lambda row: row["author_id"])
    assert pieces.heard(3).to_pylist() == wanted


def test_nobody_is_one_empty_piece() -> None:
    tables = {n: native("polars", market(customers=12)[n]).head(0) for n in ("orders", "signals")}
    (piece,) = score_pieces(tables, as_of=LAST_DAY).scores()
    assert piece.num_rows == 0
