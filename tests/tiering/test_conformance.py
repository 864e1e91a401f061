"""Every public function of tiering that takes frames, on every engine: the same to the last bit.

`CALLS` is the table: a function by its name, and how it is called on the tables of a small market.
A function that takes a frame and has no row here fails `test_no_function_is_left_out`.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import pyarrow as pa
import pytest

import tiering
from tests.tiering.tables import NOON, TODAY, Row, days_ago, market, native, on_spark, rows_of
from tiering import (
    actions,
    churn,
    experiments,
    features,
    funnel,
    lifecycle,
    lifetime,
    lift,
    segments,
    tags,
)
from tiering.errors import TieringError
from tiering.frames import engine_of
from tiering.policy import LifetimePolicy, Policy, RiskCap, Weights
from tiering.spark import PANDAS_NOTE

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.filterwarnings(f"ignore:{PANDAS_NOTE}:FutureWarning")
DAY = TODAY.text
SHIPPED = tiering.load_policy()
BEHAVIOUR = ("orders", "signals", "engagement", "accounts")
SCORED = (*BEHAVIOUR, "edges", "links")
PLAN = experiments.Plan(
    "1",
    "a",
    {"a": 1, "b": 1},
    (experiments.Metric("s", "mean", "order_fen"), experiments.Metric("v", "mean", "view")),
    days=7,
)
STEPS = ("view", "add_to_cart", "order")
Tables = Mapping[str, Any]


def everything() -> Policy:
    """Return a policy that measures all there is, and caps who is at risk."""
    assert SHIPPED.risk is not None
    assert SHIPPED.risk.signs is not None
    signs = replace(SHIPPED.risk.signs, words=("到货",))
    return replace(
        SHIPPED,
        risk=replace(SHIPPED.risk, signs=signs, caps=(RiskCap(90, "potential"),)),
        lifetime=LifetimePolicy("bg-nbd"),
        weights=Weights(0.4, 0.1, 0.1, 0.1, content=0.1, community=0.1, risk=0.1),
    )


@cache
def rows() -> dict[str, list[Row]]:
    """Return a market with shared devices, merged ids, withdrawn consent, contacts, and scores."""
    tables = market(customers=120)
    tables["links"] = [
        {"customer_id": f"c{n}", "kind": "device", "value": f"d{n % 9}", "at": None}
        for n in range(40)
    ]
    orders, signals = (native("polars", tables[name]) for name in ("orders", "signals"))
    tables["profile"] = rows_of(tiering.score(orders, signals, as_of=DAY))
    tables["merges"] = [{"old_id": "c3", "new_id": "c4", "at": days_ago(3)}]
    tables["consents"] = [{"customer_id": "c5", "given": False, "at": days_ago(3)}]
    tables["log"] = [{"customer_id": "c6", "action": "answer_severe", "at": DAY}]
    tables["quiet"] = [{"customer_id": "c7", "until": "2027-01-01"}]
    tables["matrix"] = rows_of(features.features({"orders": orders, "signals": signals}, DAY))
    tables["summary"] = rows_of(lifetime.summarise(orders, as_of=DAY))
    return tables


def some(tables: Tables, names: Sequence[str] = BEHAVIOUR) -> dict[str, Any]:
    return {name: tables[name] for name in names}


def in_pieces(tables: Tables) -> list[Any]:
    found = tiering.score_pieces(some(tables, SCORED), as_of=DAY, policy=everything(), size=70)
    parts = [*found.scores(), *found.authors(), found.heard(3)]
    return [found.rows, found.refused, found.customers, found.unattributed, parts]


def inputs(tables: Tables) -> actions.Inputs:
    return actions.inputs_of(as_of=DAY, **some(tables, ("orders", "signals", "accounts")))


def acted(tables: Tables, call: Callable[..., Any], **more: Any) -> Any:
    policy, given = actions.load_actions(tiers=SHIPPED.tiers), inputs(tables)
    if call is actions.kpis:
        more = {"inputs": given}
    known = actions.tables_of(given, policy)
    return call(tables["profile"], policy, tiers=SHIPPED.tiers, tables=known, **more)


def in_order(tables: Tables) -> list[Any]:
    found = actions.tables_of(inputs(tables), actions.load_actions(tiers=SHIPPED.tiers))
    return [
        (name, sorted(rows_of(frame), key=lambda row: row["customer_id"]))
        for name, frame in found.items()
    ]


CALLS: dict[str, Callable[[Tables], Any]] = {
    "tiering.newest_day": lambda t: tiering.newest_day(some(t), NOON),
    "tiering.rfm": lambda t: tiering.rfm(t["orders"], as_of=DAY),
    "tiering.quantile_policy": lambda t: tiering.quantile_policy(
        t["orders"], as_of=DAY, policy=SHIPPED
    ),
    "tiering.influence": lambda t: tiering.influence(
        t["signals"], as_of=DAY, accounts=t["accounts"], edges=t["edges"]
    ),
    "tiering.explain": lambda t: tiering.explain(
        **some(t, SCORED), customers=["c1", "c70"], as_of=DAY, policy=everything()
    ),
    "tiering.score_run": lambda t: tiering.score_run(
        **some(t, SCORED), as_of="2026-07-01", policy=everything(), previous=t["profile"]
    ),
    "tiering.score_pieces": in_pieces,
    "features.feature_run": lambda t: features.feature_run(some(t), DAY),
    "features.training_run": lambda t: features.training_run(
        some(t, ("orders", "engagement")), ["2026-05-31", DAY], ["orders_*", "views_*"]
    ),
    "features.redundancy": lambda t: features.redundancy(t["matrix"]),
    "features.importance": lambda t: features.importance(
        t["matrix"], [float(n % 3 == 0) for n in range(len(rows()["matrix"]))], rounds=1
    ),
    "lifetime.summarise": lambda t: lifetime.summarise(t["orders"], as_of=DAY),
    "lifetime.customers_of": lambda t: lifetime.customers_of(t["summary"]),
    "lifetime.lifetime_value": lambda t: lifetime.lifetime_value(t["orders"], as_of=DAY),
    "lifecycle.lifecycle": lambda t: lifecycle.lifecycle(**some(t), as_of=DAY),
    "churn.churn": lambda t: churn.churn(
        **some(t), as_of=DAY, settings=churn.ChurnSettings(60, least_customers=20, least_each=10)
    ),
    "segments.segments": lambda t: segments.segments(**some(t), as_of=DAY),
    "funnel.funnel": lambda t: funnel.funnel(t["engagement"], t["orders"], as_of=DAY, steps=STEPS),
    "funnel.activity": lambda t: funnel.activity(t["engagement"], as_of=DAY),
    "lift.paid_later": lambda t: lift.paid_later(
        ["c1", "c2"], t["orders"], after="2026-05-01", days=30, as_of=DAY
    ),
    "experiments.observe": lambda t: experiments.observe(
        [experiments.Exposure(f"c{n}", "ab"[n % 2], days_ago(30)) for n in range(50)],
        PLAN,
        as_of=DAY,
        orders=t["orders"],
        engagement=t["engagement"],
    ),
    "tags.tag_run": lambda t: tags.tag_run(
        tags.TagTables(**some(t, (*BEHAVIOUR, "profile", "merges", "consents"))), as_of=DAY
    ),
    "actions.tables_of": in_order,
    "actions.next_actions": lambda t: acted(
        t,
        actions.next_actions,
        as_of=DAY,
        contacts=actions.Contacts(log=t["log"], quiet=t["quiet"]),
    ),
    "actions.kpis": lambda t: acted(t, actions.kpis),
    "actions.strangers_of": lambda t: actions.strangers_of(
        nw.from_native(t["profile"]).filter(nw.col("customer_id") != "c1").to_native(), inputs(t)
    ),
}

WITHIN = {
    "tiering.score": "tiering.score_run",
    "features.features": "features.feature_run",
    "features.training_frame": "features.training_run",
    "lifetime.measure_lifetime": "lifetime.lifetime_value",
    "lifetime.measure_purchases": "lifetime.summarise",
    "lifetime.of_policy": "tiering.score_run",
    "lifecycle.measure_course": "lifecycle.lifecycle",
    "lifecycle.open_sources": "lifecycle.lifecycle",
    "lifecycle.with_stage": "lifecycle.lifecycle",
    "risk.measure_risk": "tiering.score_run",
    "risk.with_caps": "tiering.score_run",
    "actions.inputs_of": "actions.tables_of",
    "suspects.co_reposts": "tiering.score_run",
    "suspects.with_growth": "tiering.score_run",
}
"""Functions that the call of another goes through, with nothing between them but a part taken."""

NO_FRAMES = {
    "actions.alarms_of": "rows of a file",
    "actions.standing_of": "one row of a file",
    "tags.rules_of": "a rule file, read",
}
"""Functions whose annotations look as if they took frames, and what they do take."""

FRAMES = ("~Native", "LazyFrame", "object", "TagTables", "Inputs", "Sources", "Seen")


def public() -> list[str]:
    """Return the functions behind the front doors that take a frame, by their annotations."""
    rooms = [tiering, *(import_module(f"tiering.{m.name}") for m in iter_modules(tiering.__path__)
                        if m.ispkg)]  # fmt: skip
    found = {
        f"{room.__name__.removeprefix('tiering.')}.{name}": getattr(room, name)
        for room in rooms
        for name in room.__all__
    }
    return [name for name, each in found.items() if inspect.isfunction(each) and _takes(each)]


def _takes(function: Callable[..., Any]) -> bool:
    told = [str(each.annotation) for each in inspect.signature(function).parameters.values()]
    return any(kind in annotation for annotation in told for kind in FRAMES)


def test_no_function_is_left_out() -> None:
    assert sorted(public()) == sorted({*CALLS, *WITHIN, *NO_FRAMES})
    assert set(WITHIN.values()) <= set(CALLS)


def plain(value: Any, engine: str) -> Any:
    """Return frames as rows, arrays as lists, dataclasses as mappings; NaN and errors as words."""
    value = value.to_native() if isinstance(value, nw.LazyFrame) else value
    if isinstance(value, pa.Table | pa.ChunkedArray | pa.Array):
        return value.to_pylist()
    if isinstance(nw.from_native(value, pass_through=True), nw.DataFrame | nw.LazyFrame):
        assert engine_of(value) == engine
        return rows_of(value)
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist(), engine)
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name), engine) for each in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(each, engine) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each, engine) for each in value]
    return str(value) if value != value or isinstance(value, TieringError) else value


@cache
def on_polars(name: str) -> Any:
    given = {table: native("polars", each) for table, each in rows().items()}
    return plain(CALLS[name](given), "polars")


@pytest.fixture(scope="module", params=[each for each in tiering.ENGINES if each != "polars"])
def tables(request: pytest.FixtureRequest) -> tuple[str, Tables]:
    """Return an engine, and the market on it."""
    if request.param != "pyspark":
        return request.param, {n: native(request.param, each) for n, each in rows().items()}
    session: SparkSession = request.getfixturevalue("spark")
    return "pyspark", {name: on_spark(session, each) for name, each in rows().items()}


@pytest.mark.parametrize("name", CALLS)
def test_an_engine_gives_what_polars_gives(name: str, tables: tuple[str, Tables]) -> None:
    engine, given = tables
    found, expected = plain(CALLS[name](given), engine), on_polars(name)
    assert found == expected
    assert repr(found) == repr(expected)  # whole numbers are no floats, and -0.0 is no 0.0


def test_the_market_asks_something_of_every_function() -> None:
    """Equal and empty would prove nothing."""
    for name in CALLS:
        assert any(_leaves(on_polars(name))), name
    assert on_polars("churn.churn")["method"] == "learned"
    assert on_polars("tags.tag_run")["merged"] == 1


def _leaves(value: Any) -> Iterator[Any]:
    """Yield the numbers and words that a result is made of."""
    if isinstance(value, Mapping | list):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _leaves(each)
    else:
        yield value
