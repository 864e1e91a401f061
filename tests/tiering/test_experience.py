"""Experience and engagement: customers computed by hand with the shipped policy."""

from typing import Any

import pytest

from tests.tiering.tables import ENGINES, TODAY, Row, days_ago, event, native, rows_of, signal
from tiering.check import check
from tiering.engagement import measure_engagement
from tiering.experience import measure_experience
from tiering.frames import collect
from tiering.policy_file import load_policy

BAD = {"sentiment": "negative", "intents": ["complaint"], "complaint": ["logistics"], "severity": 2}
ASKS = {"intents": ["request"], "session_id": "t1"}
AGENT = {"role": "agent", "customer_id": None, "author_id": None}


def experience(
    signals: list[Row], events: list[Row] | None = None, engine: str = "polars"
) -> dict[str, dict[str, Any]]:
    said = check(native(engine, signals), "signals", TODAY).good
    done = check(native(engine, events), "engagement", TODAY).good if events else None
    found = measure_experience(said, done, TODAY, load_policy().experience)
    return {row["customer_id"]: row for row in collect(found).to_pylist()}


def answer(minutes: float, **changes: Any) -> Row:
    return signal(
        90, created_at=days_ago(-minutes / 1_440), **(AGENT | {"session_id": "t1"} | changes)
    )


def turn(number: int, **changes: Any) -> dict[str, Any]:
    """Return a turn of the chat t1, all of whose turns share one time."""
    return signal(20 + number, **({"session_id": "t1", "turn": number} | changes))


# neutral 60, +-40 at NSR +-1 with 2 neutral voices beside, severity 2 costs 8, half-life 60 days
BY_HAND: dict[str, tuple[list[Row], float]] = {
    "nothing judged": ([signal(1)], 60.0),
    "one praise": ([signal(1, sentiment="positive")], 60 + 40 / 3),
    "one complaint": ([signal(1, **BAD)], 60 - 40 / 3 - 8),
    "a complaint of sixty days ago": (
        [signal(1, **BAD, created_at=days_ago(60))],
        60 - 40 * 0.5 / 2.5 - 4,
    ),
    "praise and complaint": ([signal(1, **BAD), signal(2, sentiment="positive")], 60.0 - 8),
    "severity 3": ([signal(1, **(BAD | {"severity": 3}))], 60 - 40 / 3 - 20),
    "severity 0 is an annoyance": ([signal(1, **(BAD | {"severity": 0}))], 60 - 40 / 3 - 3),
    "complaints cost at most 40": (
        [signal(n, **(BAD | {"severity": 3, "sentiment": "neutral"})) for n in range(5)],
        20.0,
    ),
    "abstained is no voice": ([signal(1, sentiment="negative", abstained=True)], 60.0),
    "open request": ([signal(1, **ASKS)], 54.0),
    "answered in the session": ([signal(1, **ASKS), answer(5)], 60.0),
    "answered before it was asked": ([signal(1, **ASKS), answer(-5)], 54.0),
    "answered in another session": ([signal(1, **ASKS), answer(5, session_id="t2")], 54.0),
    "answered under the post": (
        [signal(1, intents=["request"]), answer(5, session_id=None, parent_id="s1")],
        60.0,
    ),
    "an old request is no open one": ([signal(1, **ASKS, created_at=days_ago(31))], 60.0),
    "a chat of one time, answered": ([turn(1, **ASKS), turn(2, **AGENT)], 60.0),
    "a chat of one time, asked after the answer": ([turn(1, **AGENT), turn(2, **ASKS)], 54.0),
    "a chat of one time, and nobody knows the order": (
        [turn(1, **AGENT, turn=None), turn(2, **ASKS, turn=None)],
        60.0,
    ),
    "the later time is the answer, whatever its turn": (
        [turn(2, **ASKS), answer(5, turn=1)],
        60.0,
    ),
    "a chat of one time, greeted and answered": (
        [turn(1, **AGENT), turn(2, **ASKS), turn(3, **AGENT)],
        60.0,
    ),
    "a higher turn of an earlier time is no answer": (
        [turn(3, **ASKS), turn(2, **AGENT), answer(-5, turn=9)],
        54.0,
    ),
    "wants to leave": ([signal(1, intents=["churn"])], 48.0),
    "threatens": ([signal(1, intents=["escalation"])], 42.0),
    "threatened long ago": ([signal(1, intents=["escalation"], created_at=days_ago(181))], 60.0),
}


@pytest.mark.parametrize("case", BY_HAND)
def test_experience_by_hand(case: str) -> None:
    signals, expected = BY_HAND[case]
    assert experience(signals)["c1"]["experience"] == pytest.approx(expected, abs=1e-4)


def test_a_chat_is_one_voice_one_complaint_and_one_open_request() -> None:
    chat = [
        turn(1, **BAD | ASKS | {"intents": ["complaint", "request"]}),
        turn(2, **AGENT),
        turn(3, **(BAD | {"complaint": ["price"], "severity": 3})),
        turn(4, **(BAD | {"complaint": [], "severity": 0, "intents": ["complaint", "request"]})),
        turn(5, **ASKS),
        turn(6, sentiment="positive"),
        turn(7),
        turn(8, sentiment="positive", abstained=True),
    ]
    rows = [*chat, signal(50, sentiment="positive"), signal(51, **BAD)]
    found = [experience(rows, engine=engine)["c1"] for engine in ENGINES]
    assert found[0] == found[1] == found[2]
    # Four turns of the chat judge, three of them badly: good 1/4, bad 3/4; then one voice each.
    assert found[0]["nsr"] == pytest.approx((0.25 - 0.75 + 1 - 1) / 3, abs=1e-6)
    # The chat costs 20 as its gravest turn does, the review 8, the request 6.
    assert found[0]["experience"] == pytest.approx(60 + 40 * -0.5 / 5 - 20 - 8 - 6, abs=1e-4)
    assert found[0]["experience_en"] == (
        "NSR -17% (voices 3), complaints 2 (logistics 2, price 1; severity 3: 1, severity 2: 1), "
        "of them open 2, "
        "requests without a recorded answer 1"
    )


def test_two_customers_in_one_chat_have_a_voice_each() -> None:
    found = experience([turn(1, **BAD), turn(2, **BAD), turn(3, **BAD, customer_id="c2")])
    assert {name: row["complaints"] for name, row in found.items()} == {"c1": 1, "c2": 1}


def test_a_text_with_the_name_of_a_session_is_another_voice() -> None:
    found = experience([turn(1, **BAD), signal(2, **BAD, id="t1")])
    assert found["c1"]["voices"] == 2


def test_what_a_chat_said_before_the_window_is_history() -> None:
    old = [turn(1, **BAD, created_at=days_ago(181)), turn(2, **ASKS, created_at=days_ago(31))]
    row = experience([*old, turn(3)])["c1"]
    assert (row["voices"], row["complaints"], row["open_requests"]) == (1, 0, 0)


@pytest.mark.parametrize("name", ["nps", "NPS", "Nps"])
def test_an_nps_answer_is_one_in_any_letters(name: str) -> None:
    assert experience([signal(1)], [event(name, value=10)])["c1"]["experience"] == 68.0


@pytest.mark.parametrize(
    ("answers", "expected"),
    [([10], 68.0), ([0], 48.0), ([8], 60.0), ([10, 6], 60.0), ([None], None)],
)
def test_nps_moves_the_experience(answers: list[float | None], expected: float | None) -> None:
    found = experience([signal(1, customer_id="c2")], [event("nps", value=a) for a in answers])
    assert (found["c1"]["experience"] if "c1" in found else None) == expected


def test_who_is_left_out() -> None:
    rows = [signal(1, spam=True), signal(2, role="agent"), signal(3, customer_id=None)]
    assert experience([*rows, signal(4, customer_id="c4")]).keys() == {"c4"}


def test_the_figures_are_told() -> None:
    row = experience([signal(1, **BAD), signal(2, **ASKS), signal(3, intents=["churn"])])["c1"]
    assert row["nsr"] == -1.0
    assert row["experience_en"] == (
        "NSR -100% (voices 1), complaints 1 (logistics 1; severity 2: 1), of them open 1, "
        "requests without a recorded answer 1, says it will leave"
    )
    assert row["experience_zh"] == (
        "NSR -100%（1 条评价），投诉 1 次（物流配送 1；严重度 2：1），其中未结 1 次，"
        "1 个诉求没有答复记录，表示要离开"
    )
    assert experience([signal(1)])["c1"]["experience_en"] == "nothing that judges us"


COMPLAINED: dict[str, tuple[list[Row], str]] = {
    "by category": (
        [
            signal(n, **(BAD | {"complaint": c}))
            for n, c in enumerate((["price"], ["price", "quality"]))
        ],
        "complaints 2 (quality 1, price 2; severity 2: 2), of them open 2",
    ),
    "without a category or severity": (
        [signal(1, intents=["complaint"])],
        "complaints 1 (–; severity 0: 1), of them open 1",
    ),
    "answered": (
        [signal(1, **(BAD | {"session_id": "t1"})), answer(5)],
        "complaints 1 (logistics 1; severity 2: 1), of them open 0",
    ),
    "of two months ago": (
        [signal(1, **BAD, created_at=days_ago(60))],
        "complaints 1 (logistics 1; severity 2: 1), of them open 0",
    ),
}


@pytest.mark.parametrize("case", COMPLAINED)
@pytest.mark.parametrize("engine", ENGINES)
def test_complaints_open_and_past_by_category_and_severity(case: str, engine: str) -> None:
    rows, said = COMPLAINED[case]
    assert said in experience(rows, engine=engine)["c1"]["experience_en"]


def engagement(events: list[Row]) -> dict[str, Any]:
    done = check(native("polars", events), "engagement", TODAY).good
    (row,) = rows_of(
        measure_engagement(done, TODAY, load_policy().engagement).collect().to_native()
    )
    return dict(row)


# .6 * curve of days [[0, 0], [1, 20], [4, 40] ...] + .4 * curve of actions [[0, 0], [5, 20] ...]
ACTIVE: dict[str, tuple[list[Row], int, int, float]] = {
    "four views on four days": ([event("view", n) for n in range(4)], 4, 4, 0.6 * 40 + 0.4 * 16),
    "four views on one day": ([event("view", 1)] * 4, 1, 4, 0.6 * 20 + 0.4 * 16),
    "a share counts five": ([event("share", 1)], 1, 5, 0.6 * 20 + 0.4 * 20),
    "devices and answers are no activity": (
        [event("device", 1), event("nps", 2, value=9.0), event("view", 3)],
        1,
        1,
        0.6 * 20 + 0.4 * 4,
    ),
    "older than the window": ([event("view", 40), event("view", 50)], 0, 0, 0.0),
    "old and new": ([event("view", 40), event("view", 2)], 1, 1, 0.6 * 20 + 0.4 * 4),
    "the first day of the window": ([event("view", 29)], 1, 1, 0.6 * 20 + 0.4 * 4),
    "the day before the window": ([event("view", 30)], 0, 0, 0.0),
}


@pytest.mark.parametrize("case", ACTIVE)
def test_engagement_by_hand(case: str) -> None:
    events, days, actions, expected = ACTIVE[case]
    row = engagement(events)
    assert (row["active_days"], row["actions"]) == (days, actions)
    assert row["engagement"] == pytest.approx(expected)
