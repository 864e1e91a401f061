"""KPIs: figures by hand, intervals that allow for bunches, alarms only where they are proven."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from math import isnan
from typing import Any

import numpy as np
import pytest

from tests.tiering.tables import ENGINES, days_ago, native, order, signal
from tiering import load_policy
from tiering.actions import (
    KpiRow,
    alarms_of,
    chance_of,
    inputs_of,
    kpis,
    load_actions,
    tables_of,
)
from tiering.actions.policy import ActionsPolicy, Kpi, KpiPolicy
from tiering.actions.tally import tally
from tiering.migration import wilson

LADDER = load_policy().tiers
DAY = "2026-06-30"


def policy(
    measure: str, worse: str, threshold: float, judge: str = "interval", **changes: Any
) -> ActionsPolicy:
    kpi = Kpi(
        "k", "figure", "数值", measure, worse, {"core": threshold}, 90, **({"least": 2} | changes)
    )
    return replace(load_actions(tiers=LADDER), kpis=KpiPolicy(judge, 0.95, (kpi,)))


def scores(number: int, tier: str = "core", as_of: str = DAY) -> list[dict[str, Any]]:
    return [
        {"customer_id": f"c{n}", "tier": tier, "care": n % 2 == 0, "as_of": as_of}
        for n in range(number)
    ]


def judged(
    rules: ActionsPolicy, people: Sequence[dict[str, Any]], engine: str = "pandas", **given: Any
) -> KpiRow:
    previous = given.pop("previous", None)
    frames = {name: native(engine, rows) for name, rows in given.items()}
    inputs = inputs_of(as_of=DAY, **frames)
    (row,) = kpis(
        native(engine, people),
        rules,
        tiers=LADDER,
        inputs=inputs,
        tables=tables_of(inputs, rules),
        previous=previous,
    )
    return row


def bought(returning: int, gone: int, fresh: int = 0) -> list[dict[str, Any]]:
    """Orders: of customers who came back in the window, who did not, and who are new."""
    rows, name = [], 0
    for number, days in ((returning, (200, 10)), (gone, (200,)), (fresh, (10,))):
        for _ in range(number):
            rows += [
                order(len(rows) + n, f"c{name}", ordered_at=days_ago(d)) for n, d in enumerate(days)
            ]
            name += 1
    return rows


@pytest.mark.parametrize("engine", ENGINES)
def test_repurchase_by_hand_with_wilson_s_interval(engine: str) -> None:
    row = judged(
        policy("repurchase", "below", 0.40), scores(110), engine, orders=bought(20, 80, 10)
    )
    expected = wilson(20, 100)
    assert (row.value, row.n, row.customers, row.effective) == (0.2, 100, 100, 100.0)
    assert row.low == pytest.approx(expected.low, abs=1e-6)
    assert row.high == pytest.approx(expected.high, abs=1e-6)
    assert (row.state, row.since) == ("alarm", DAY)
    assert row.verdict["en"] == "figure of core: 20.0% (13.3%–28.9%), below 40.0%; 100 customers"
    assert row.verdict["zh"] == "核心级的数值：20.0% (13.3%–28.9%)，低于 40.0%；100 位顾客"


STATES = {
    "all of the interval beyond": (20, 80, "interval", 30, "alarm"),
    "figure beyond, interval not": (33, 67, "interval", 30, "unclear"),
    "figure beyond, strictly": (33, 67, "strict", 30, "alarm"),
    "figure on the line, strictly": (40, 60, "strict", 30, "fine"),
    "above": (80, 20, "interval", 30, "fine"),
    "figure better, interval not": (42, 58, "interval", 30, "unclear"),
    "one too few": (0, 29, "interval", 30, "too_few"),
    "just enough": (0, 30, "interval", 30, "alarm"),
    "too few, strictly": (0, 29, "strict", 30, "too_few"),
}


@pytest.mark.parametrize("case", STATES)
def test_when_an_alarm_is_raised(case: str) -> None:
    came, gone, judge, least, state = STATES[case]
    rules = policy("repurchase", "below", 0.40, judge, least=least)
    row = judged(rules, scores(100), orders=bought(came, gone))
    assert row.state == state
    assert bool(row.since) == (state == "alarm")


def test_too_few_says_so_and_how_many() -> None:
    row = judged(policy("repurchase", "below", 0.4, least=30), scores(5), orders=bought(0, 5))
    assert "too few to say, 5 customers where 30 are asked for" in row.verdict["en"]
    assert "人数太少，无法判断（5 位，至少需要 30 位）" in row.verdict["zh"]


def test_an_order_paid_back_in_full_is_no_purchase() -> None:
    rows = [
        order(1, "c0", ordered_at=days_ago(200)),
        order(2, "c0", refunded=10_000),
        order(3, "c1", ordered_at=days_ago(200), refunded=10_000),
        order(4, "c1"),
    ]
    row = judged(policy("repurchase", "below", 0.4), scores(2), orders=rows)
    assert (row.n, row.value) == (1, 0.0)


@pytest.mark.parametrize("engine", ENGINES)
def test_refunds_of_one_customer_are_no_proof_against_all(engine: str) -> None:
    """40 refunded orders of one customer of 40: the interval is that of few, not of 79 orders."""
    rows = [order(n, "c0", refunded=100) for n in range(40)]
    rows += [order(100 + n, f"c{n}") for n in range(1, 40)]
    row = judged(policy("refunds", "above", 0.30), scores(40), engine, orders=rows)
    naive = wilson(40, 79)
    assert (row.n, row.customers) == (79, 40)
    assert row.value == pytest.approx(40 / 79)
    assert naive.low > 0.30  # taken as independent it would be an alarm
    assert row.effective < 4
    assert row.low < 0.30
    assert row.state == "unclear"


def test_nsr_runs_from_minus_one_to_one_and_a_chat_counts_once() -> None:
    said = [
        signal(n, customer_id=f"c{n}", sentiment="negative" if n < 8 else "positive")
        for n in range(10)
    ]
    chat = {
        "session_id": "x",
        "channel": "transcript",
        "customer_id": "c0",
        "sentiment": "negative",
    }
    said += [signal(100 + n, turn=n, **chat) for n in range(30)]
    said += [signal(200, customer_id="c1", sentiment="positive", abstained=True)]
    row = judged(policy("nsr", "below", 0.0), scores(10), signals=said)
    assert (row.n, row.customers) == (11, 10)
    assert row.value == pytest.approx((2 - 9) / 11, abs=1e-6)
    assert row.low >= -1
    assert row.state == "alarm"


def test_response_is_an_answer_of_an_agent() -> None:
    ask = {"intents": ["request"]}
    said = [signal(n, customer_id=f"c{n}", **ask) for n in range(4)]
    said += [signal(50, customer_id=None, role="agent", parent_id="s0", author_id="us")]
    said += [signal(60, customer_id="c9")]
    row = judged(policy("response", "below", 0.9), scores(10), signals=said)
    assert (row.n, row.value) == (4, 0.25)


def test_a_share_leaves_out_who_is_not_known() -> None:
    rows = [order(1, "c0", ordered_at=days_ago(200)), order(2, "c1")]
    rules = policy("share", "above", 0.9, of=("orders.recency_days > 180",))
    row = judged(rules, scores(5), orders=rows)
    assert (row.n, row.value) == (2, 0.5)
    among = policy(
        "share", "above", 0.9, of=("care is true",), among=("orders.recency_days < 180",)
    )
    assert judged(among, scores(5), orders=rows).n == 1


def test_since_goes_on_while_the_alarm_does() -> None:
    rules = policy("repurchase", "below", 0.40)
    first = judged(rules, scores(100), orders=bought(20, 80))
    earlier = replace(first, as_of="2026-06-01", since="2026-05-01")
    again = judged(rules, scores(100), orders=bought(20, 80), previous=alarms_of([asdict(earlier)]))
    assert again.since == "2026-05-01"
    calm = replace(earlier, state="unclear", since="")
    fresh = judged(rules, scores(100), orders=bought(20, 80), previous=alarms_of([asdict(calm)]))
    assert fresh.since == DAY


def test_tiers_of_the_start_say_so() -> None:
    row = judged(
        policy("repurchase", "below", 0.4), scores(100, as_of="2026-04-01"), orders=bought(20, 80)
    )
    assert (row.tiers_as_of, row.as_of) == ("2026-04-01", DAY)


def test_without_its_table_a_kpi_is_not_judged() -> None:
    row = judged(policy("repurchase", "below", 0.4), scores(100))
    assert row.state == "not_given"
    assert "no table orders was given" in row.verdict["en"]


def test_nobody_in_a_tier_is_too_few() -> None:
    row = judged(policy("repurchase", "below", 0.4), scores(9, tier="basic"), orders=bought(1, 8))
    assert (row.state, row.n) == ("too_few", 0)
    assert isnan(row.value)


def test_all_of_one_mind_count_as_customers_not_as_texts() -> None:
    found = tally(np.full(5, 100), np.full(5, 100))
    assert (found.share, found.trials, found.effective) == (1.0, 500, 5.0)
    assert found.interval(0.95).high == 1.0


def test_the_interval_of_bunches_holds_what_it_promises() -> None:
    """Of 600 draws of 60 customers with purses of their own, 95 % hold the true share."""
    rng = np.random.default_rng(7)
    inside = naive = 0
    for _ in range(600):
        own = rng.beta(1.0, 4.0, 60)  # mean 0.2, very unlike each other
        trials = rng.integers(1, 30, 60)
        successes = rng.binomial(trials, own)
        held = tally(successes, trials).interval(0.95)
        plain = wilson(int(successes.sum()), int(trials.sum()))
        inside += held.low <= 0.2 <= held.high
        naive += plain.low <= 0.2 <= plain.high
    assert inside / 600 > 0.92
    assert naive / 600 < 0.75


CHANCES = {
    # measure, worse, figure, threshold, effective trials -> binomial tail, from scipy.stats.binom
    "few of ten": ("refunds", "below", 0.2, 0.5, 10.0, 0.0546875),
    "many of ten": ("refunds", "above", 0.8, 0.5, 10.0, 0.0546875),
    "net sentiment is twice the share less 1": ("nsr", "below", -0.6, 0.0, 10.0, 0.0546875),
    "all": ("share", "below", 1.0, 0.5, 10.0, 1.0),
    "none": ("share", "above", 0.0, 0.5, 10.0, 1.0),
    "nothing counted": ("share", "below", float("nan"), 0.5, 0.0, 1.0),
}


@pytest.mark.parametrize("case", CHANCES)
def test_how_likely_chance_looks_as_bad(case: str) -> None:
    measure, worse, value, threshold, effective, p = CHANCES[case]
    zeros = dict.fromkeys(KpiRow.__dataclass_fields__, 0)
    figures = {"value": value, "threshold": threshold, "worse": worse, "effective": effective}
    assert chance_of(KpiRow(**zeros | figures), measure) == pytest.approx(p)
