"""Which silences cover an alert, which alerts inhibit it, how fast people were: by hand."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from service.alerts.inhibition import BRAND, RULES, Standing, inhibited_by
from service.alerts.response_times import ResponseTimes, response_times
from service.alerts.state import State
from service.silences import AlertLabels, Matchers, SilenceSpan, silenced_by

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
KETTLE = AlertLabels("养生壶 K1", "safety", 2)


@pytest.mark.parametrize(
    ("matchers", "covers"),
    [
        (Matchers(), True),
        (Matchers(product="养生壶 K1"), True),
        (Matchers(product="养生壶"), False),
        (Matchers(product=""), False),
        (Matchers(product_glob="养生壶*"), True),
        (Matchers(product_glob="*K?"), True),
        (Matchers(product_glob="*k1"), False),
        (Matchers(product_glob="养生壶 K[2-9]"), False),
        (Matchers(product_glob="[K"), False),
        (Matchers(category="safety"), True),
        (Matchers(category="quality"), False),
        (Matchers(level=1), False),
        (Matchers(level=2), True),
        (Matchers(level=4), True),
        (Matchers(product_glob="养*", category="safety", level=3), True),
        (Matchers(product_glob="养*", category="price", level=3), False),
    ],
)
def test_matchers(matchers: Matchers, covers: bool) -> None:
    assert matchers.match(KETTLE) is covers


@pytest.mark.parametrize(
    ("minutes", "ids"),
    [
        (-61, ()),
        (-60, ("long",)),
        (-1, ("long",)),
        (0, ("long", "short")),
        (30, ("long",)),
        (60, ()),
    ],
)
def test_a_silence_holds_from_its_start_to_before_its_end(minutes: int, ids: tuple[str]) -> None:
    spans = [
        SilenceSpan("long", Matchers(), NOON - HOUR, NOON + HOUR),
        SilenceSpan("short", Matchers(), NOON, NOON + HOUR / 2),
        SilenceSpan("other", Matchers(product="别的"), NOON - HOUR, NOON + HOUR),
    ]
    assert silenced_by(KETTLE, spans, NOON + timedelta(minutes=minutes)) == ids


def standing(name: str, product: str, level: int, state: str = "firing", category: str = "quality"):
    return Standing(name, product, category, level, State(state))


@pytest.mark.parametrize(("source", "target"), list(product(range(1, 5), range(1, 5))))
def test_grave_levels_inhibit_light_ones_of_their_product(source: int, target: int) -> None:
    found = inhibited_by(standing("light", "壶", target), [standing("grave", "壶", source)])
    expected = source in (1, 2) and target in (3, 4)
    assert [(each.by, each.rule) for each in found] == [("grave", "same-product")] * expected


@pytest.mark.parametrize(
    ("target", "other", "rules"),
    [
        (standing("a", "壶", 3), standing("b", "锅", 1), []),
        (standing("a", "壶", 3), standing("b", BRAND, 1), ["brand"]),
        (standing("a", "壶", 2), standing("b", BRAND, 1), []),
        (standing("a", BRAND, 3), standing("b", BRAND, 1), ["same-product"]),
        (standing("a", BRAND, 3), standing("b", "壶", 1), []),
        (standing("a", "壶", 3), standing("a", "壶", 1), []),
        (standing("a", "壶", 3, category="safety"), standing("b", "壶", 1), []),
        (standing("a", "壶", 4, category="privacy"), standing("b", BRAND, 1), []),
        (standing("a", "壶", 3, "resolved"), standing("b", "壶", 1), []),
    ],
    ids=[
        "another product",
        "the brand",
        "grave itself",
        "both of the brand",
        "a product does not inhibit the brand",
        "never itself",
        "safety is spared",
        "privacy is spared",
        "over",
    ],
)
def test_whom_an_alert_inhibits(target: Standing, other: Standing, rules: list[str]) -> None:
    assert [each.rule for each in inhibited_by(target, [other])] == rules


@pytest.mark.parametrize("state", list(State))
def test_only_an_alert_that_speaks_inhibits(state: State) -> None:
    found = inhibited_by(standing("a", "壶", 3), [standing("b", "壶", 1, state)])
    assert bool(found) is (state in (State.FIRING, State.ACKNOWLEDGED, State.REGRESSED))


def test_what_is_inhibited_inhibits_nothing_and_each_rule_has_a_reason() -> None:
    assert all(rule.by.isdisjoint(rule.of) for rule in RULES)
    assert all(rule.why.en and rule.why.zh for rule in RULES)
    with pytest.raises(AttributeError):
        RULES[0].name = "other"


@dataclass
class Line:
    at: datetime
    event: str


def trail(*events: str) -> list[Line]:
    """One event a minute."""
    return [Line(NOON + timedelta(minutes=n), event) for n, event in enumerate(events)]


@pytest.mark.parametrize(
    ("events", "times"),
    [
        (("raise",), ResponseTimes(None, None, None, None, 0, 0)),
        (("raise", "acknowledge", "comment", "resolve"), ResponseTimes(60, None, 120, 180, 0, 0)),
        (("raise", "comment", "resolve"), ResponseTimes(None, None, 60, 120, 0, 0)),
        (("raise", "withdraw"), ResponseTimes(None, None, None, 60, 0, 0)),
        (
            ("raise", "warn", "escalate", "escalate", "remind", "respond", "respond", "resolve"),
            ResponseTimes(None, 300, None, 420, 0, 2),
        ),
        (
            ("raise", "acknowledge", "resolve", "return", "acknowledge", "resolve", "comment"),
            ResponseTimes(60, None, 360, 300, 1, 0),
        ),
        (
            ("raise", "resolve", "reopen", "resolve", "return"),
            ResponseTimes(None, None, None, 180, 2, 0),
        ),
    ],
)
def test_response_times(events: tuple[str, ...], times: ResponseTimes) -> None:
    assert response_times(trail(*events)) == times


def test_a_clock_that_is_set_back_makes_nobody_faster_than_at_once() -> None:
    lines = [Line(NOON, "raise"), Line(NOON - timedelta(hours=1), "acknowledge")]
    assert response_times(lines).acknowledged == 0.0


def test_a_trail_begins_with_a_raising() -> None:
    with pytest.raises(ValueError, match="raising"):
        response_times([])
