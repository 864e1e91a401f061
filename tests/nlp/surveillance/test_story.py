"""The story of a surge: planted causes are found, and every figure has its ids."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from math import log
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from nlp.surveillance import Mention, Surge, SurveillanceError, surveil
from nlp.surveillance.story import DIMENSIONS, Story, tell
from nlp.surveillance.story.cascades import forest_of, roots_of
from nlp.surveillance.story.clusters import clusters_of
from nlp.surveillance.story.drilldown import drill_down
from nlp.surveillance.story.drivers import drivers_of
from nlp.surveillance.story.forecast import forecasts_of, rates
from nlp.surveillance.story.growth import growth_of
from nlp.surveillance.story.phrases import phrases_of
from nlp.surveillance.story.timeline import timeline_of
from nlp.surveillance.story.usual import usual_before

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 2, tzinfo=SHANGHAI)
ONSET = START + timedelta(days=28)
PRODUCTS, CATEGORIES = ("水壶", "风扇"), ("quality", "service", "logistics")
REGIONS, CHANNELS = ("广东", "江苏", "四川", "湖北"), ("review", "comment", "note")


def mention(number: object, at: datetime, **fields: object) -> Mention:
    usual = Mention(
        str(number), at, "水壶", True, ("quality",), 1, f"a{number}", 1, "", "review", None
    )
    return replace(usual, **fields)


def hours(*after: float, **fields: object) -> list[Mention]:
    return [
        mention(n, ONSET + timedelta(hours=float(hour)), **fields) for n, hour in enumerate(after)
    ]


def background(seed: int = 7) -> list[Mention]:
    """Return four weeks in which every combination complains alike."""
    random = Random(seed)
    cells = list(product(PRODUCTS, CATEGORIES, REGIONS, CHANNELS))
    return sorted(
        (
            mention(
                f"b{n}",
                START + timedelta(hours=random.uniform(0, 28 * 24)),
                product=cell[0],
                complaint=(cell[1],),
                region=cell[2],
                channel=cell[3],
                text=random.choice(("客服不回消息", "快递晚了两天", "盖子有点松")),
            )
            for n, cell in enumerate(cells * 10)
        ),
        key=lambda one: one.at,
    )


def planted(count: int = 60, **fixed: object) -> list[Mention]:
    """Return six hours of complaints, alike in what is `fixed` and spread over everything else."""
    random = Random(3)
    found = []
    for n in range(count):
        fields: dict[str, object] = {
            "product": random.choice(PRODUCTS),
            "complaint": (random.choice(CATEGORIES),),
            "region": random.choice(REGIONS),
            "channel": random.choice(CHANNELS),
            "text": f"把手断了，开水烫到脚，第{n}家",
        }
        at = ONSET + timedelta(minutes=6 * n)
        found.append(mention(f"s{n}", at, **{**fields, **fixed}))
    return found


def surge_of(proof: list[Mention], **fields: object) -> Surge:
    usual = Surge(
        fingerprint="f",
        product="水壶",
        category=None,
        onset=ONSET,
        until=ONSET + timedelta(hours=6),
        bins=("hour",),
        observed=len(proof),
        expected=1.0,
        upper=5,
        p=1e-9,
        level=2,
        severity=3,
        categories=(),
        authors=(),
        coordinated_share=0.0,
        coordinated_ids=(),
        suspected_coordination=False,
        keyphrases=(),
        quotes=(),
        ids=tuple(one.id for one in proof),
        reasons=(),
    )
    return replace(usual, **fields)


# Where


@pytest.mark.parametrize(
    ("fixed", "found"),
    [
        pytest.param({"product": "水壶"}, {"product": "水壶"}, id="a product"),
        pytest.param({"region": "四川"}, {"region": "四川"}, id="a region, whatever the product"),
        pytest.param(
            {"product": "水壶", "complaint": ("safety",)},
            {"product": "水壶", "category": "safety"},
            id="a product and a category that is new",
        ),
        pytest.param(
            {"product": "风扇", "complaint": ("quality",), "region": "四川", "channel": "note"},
            {"product": "风扇", "category": "quality", "region": "四川", "channel": "note"},
            id="all four",
        ),
        pytest.param({}, None, id="all grow alike: nothing explains it"),
    ],
)
def test_the_planted_combination_is_found(fixed, found):
    usual = usual_before(background(), ONSET)
    told = drill_down(planted(**fixed), usual, ONSET, ONSET + timedelta(hours=6))
    if found is None:
        assert told.explanation is None
        return
    (cell,) = told.explanation.cells
    assert dict(zip(cell.dimensions, cell.values, strict=True)) == found
    assert cell.observed == len(cell.ids) == 60
    assert 0.9 < cell.explains < 1.2
    assert 0 < told.explanation.score <= 0.5


def test_two_regions_explain_together():
    own = [replace(one, region=("四川", "湖北")[n % 2]) for n, one in enumerate(planted())]
    told = drill_down(own, usual_before(background(), ONSET), ONSET, ONSET + timedelta(hours=6))
    cells = told.explanation.cells
    assert {cell.values for cell in cells} == {("四川",), ("湖北",)}
    assert sum(cell.observed for cell in cells) == 60


def test_an_unknown_region_explains_nothing_and_is_counted():
    told = drill_down(
        planted(region=None), usual_before(background(), ONSET), ONSET, ONSET + timedelta(hours=6)
    )
    unknown = [one for one in told.elements if one.dimensions == ("region",)]
    assert [(one.values, one.observed) for one in unknown] == [((None,), 60)]
    assert told.explanation is None or "region" not in told.explanation.cells[0].dimensions


def test_every_dimension_adds_up():
    usual = usual_before(background(), ONSET)
    told = drill_down(planted(), usual, ONSET, ONSET + timedelta(hours=6))
    for name in DIMENSIONS:
        own = [one for one in told.elements if one.dimensions == (name,)]
        assert sorted(i for one in own for i in one.ids) == sorted(told.ids)
        assert sum(one.expected for one in own) == pytest.approx(told.expected)
        assert sum(one.explains for one in own) == pytest.approx(1.0)


# What is usual


@pytest.mark.parametrize(
    ("days", "matching", "expected"),
    [
        pytest.param(0.2, None, None, id="less than six hours: nothing is known"),
        pytest.param(1, "none", 10.0, id="a day: 60 in 24 hours are 10 in 4"),
        pytest.param(7, "hour of the day", 60.0, id="a week: the same hour of the day"),
        pytest.param(28, "hour of the week", 60.0, id="four weeks: the same hour of the week"),
    ],
)
def test_the_expectation_comes_from_hours_alike(days, matching, expected):
    start = ONSET - timedelta(days=days)
    listened = [mention("first", start, negative=False)]
    every_noon = [
        mention(f"{day}-{n}", ONSET - timedelta(days=day) + timedelta(hours=12, minutes=n))
        for day in range(1, int(days) + 1)
        for n in range(60)
    ]
    usual = usual_before([*listened, *sorted(every_noon, key=lambda one: one.at)], ONSET)
    if expected is None:
        assert usual is None
        return
    assert usual.matching == matching
    noon = ONSET + timedelta(hours=10)
    assert usual.expected(noon, noon + timedelta(hours=4)) == pytest.approx(expected)


# What it is about


def test_a_planted_phrase_tops_the_log_odds_with_its_ids():
    usual, own = background(), planted()
    own[3] = replace(own[3], text="没什么好说的")
    first = phrases_of(own, usual)[0]
    assert first.phrase in "把手断了，开水烫到脚"
    assert first.z >= 1.96
    assert first.usual_texts == 0
    assert first.texts == len(first.ids) == 59
    assert "s3" not in first.ids


def test_without_a_baseline_no_phrase_is_new():
    assert phrases_of(planted(), ()) == ()


def test_clusters_tell_count_share_first_and_quote():
    texts = ["这把手断了真危险大家别买"] * 3 + ["客服一直不回消息很生气"] * 2 + ["没有别的"]
    own = [mention(n, ONSET + timedelta(minutes=n), text=text) for n, text in enumerate(texts)]
    first, second = clusters_of(own)
    assert (first.count, first.share, first.authors) == (3, 0.5, 3)
    assert (first.first_id, first.quote, first.ids) == ("0", texts[0], ("0", "1", "2"))
    assert second.ids == ("3", "4")


# Who drives it


def chain() -> list[Mention]:
    """0 ← 1 ← 2, 0 ← 3, and 4 ← 5 ← 6 ← 7 ← 8 whose root 4 nobody knows."""
    parents = {1: "0", 2: "1", 3: "0", 5: "4", 6: "5", 7: "6", 8: "7"}
    numbers = [0, 1, 2, 3, 5, 6, 7, 8]
    return [
        mention(
            n,
            ONSET + timedelta(minutes=n),
            parent_id=parents.get(n),
            reach=1000 if n == 0 else 1,
            author_id="big" if n in (0, 3) else f"a{n}",
            text=f"帖子{n}",
        )
        for n in numbers
    ]


def test_the_first_post_the_turn_and_the_authors():
    told = drivers_of(chain(), chain())
    assert (told.first.id, told.first.author_id) == ("0", "big")
    assert told.turn.post.id == "4"
    assert (told.turn.post.at, told.turn.post.author_id, told.turn.post.text) == (None, None, None)
    assert told.turn.ids == ("5", "6", "7", "8")
    assert told.turn.size == 4
    big = told.top[0]
    assert (big.author_id, big.posts, big.reach, big.ids) == ("big", 2, 2000 - 999, ("0", "3"))
    assert (big.caused, set(big.caused_ids)) == (2, {"1", "2"})
    assert big.share == 0.25
    assert told.authors == 7


def test_where_no_parent_is_named_nobody_knows_what_was_caused():
    told = drivers_of(planted(), planted())
    assert told.turn is None
    assert told.linked is False
    assert {one.caused for one in told.top} == {None}


@pytest.mark.parametrize(
    ("parents", "roots"),
    [
        pytest.param({"a": "a"}, (), id="its own parent stands alone"),
        pytest.param({"a": "b", "b": "a"}, ("a",), id="a circle of two"),
        pytest.param({"a": "b", "b": "c", "c": "b"}, ("b",), id="into a circle"),
        pytest.param({"a": None, "b": "a", "c": "b"}, ("a",), id="a chain"),
    ],
)
def test_broken_parents_end(parents, roots):
    own = [mention(name, ONSET, parent_id=parent) for name, parent in parents.items()]
    assert roots_of(own) == roots
    for root in roots:
        below = forest_of(own).below([root])
        assert root not in below
        assert len(below) == len(set(below))


def test_a_chain_of_thousands_needs_no_recursion():
    own = [mention(n, ONSET, parent_id=str(n - 1) if n else None) for n in range(20_000)]
    assert roots_of(own) == ("0",)
    assert len(forest_of(own).below(["0"])) == 19_999


# How fast


@pytest.mark.parametrize("doubling", [0.5, 3.0, 12.0])
def test_the_doubling_time_of_an_exponential(doubling):
    rate, random = log(2) / doubling, np.random.default_rng(11)
    length = 6 * doubling
    drawn = np.log1p(random.uniform(size=300) * np.expm1(rate * length)) / rate
    told = growth_of(hours(*np.sort(drawn)))
    assert told.growing
    assert told.doubling_low < doubling < told.doubling_high
    assert told.doubling == pytest.approx(doubling, rel=0.2)
    assert told.rate == pytest.approx(log(2) / told.doubling)
    assert len(told.ids) <= 300


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(np.arange(200) / 10, id="a constant rate"),
        pytest.param(20 * (np.arange(100) / 100) ** 2, id="a falling rate"),
    ],
)
def test_what_does_not_grow_is_not_said_to(after):
    told = growth_of(hours(*after))
    assert told is None or (not told.growing and told.doubling is None)


@pytest.mark.parametrize("after", [[], [0.0], [0.0] * 50, [0, 1, 2]], ids=len)
def test_too_few_tell_no_growth(after):
    own = hours(*after)
    assert (growth_of(own) if own else None) is None


# What comes next


def test_the_present_rates_of_a_constant_rate():
    lags = np.arange(0, 48, 0.05)
    assert rates(lags, 48.0) == pytest.approx([20, 20, 20], rel=0.05)


@pytest.mark.parametrize("an_hour", [0.5, 2, 20])
def test_a_constant_rate_that_is_usual_goes_on(an_hour):
    before = [
        mention(f"b{n}", START + timedelta(hours=n / an_hour)) for n in range(int(672 * an_hour))
    ]
    as_of = ONSET + timedelta(hours=24)
    own = hours(*(np.arange(24 * an_hour) / an_hour))
    for told in forecasts_of(own, ONSET, as_of, usual_before(before, ONSET)):
        assert told.usual == pytest.approx(an_hour * told.hours, rel=0.02)
        assert told.low <= an_hour * told.hours <= told.high
        assert told.low <= told.median <= told.high
        assert len(told.ids) == len(own)
        assert told.until - told.since == timedelta(hours=told.hours)


@pytest.mark.parametrize("an_hour", [2, 20, 200])
def test_a_constant_rate_that_is_not_usual_goes_on_for_hours_and_then_decays(an_hour):
    own = hours(*(np.arange(24 * an_hour) / an_hour))
    two, day = forecasts_of(own, ONSET, ONSET + timedelta(hours=24), None)
    assert two.usual is day.usual is None
    assert two.low <= 2 * an_hour <= two.high
    assert two.median < day.median < 24 * an_hour


def test_what_has_ended_is_forecast_as_usual():
    usual = usual_before(background(), ONSET)
    as_of = ONSET + timedelta(days=5)
    two, day = forecasts_of(planted(), ONSET, as_of, usual)
    assert two.ids == day.ids == ()
    assert day.usual == pytest.approx(720 / 28, rel=0.3)
    assert day.low <= day.usual <= day.high


def test_twice_as_many_bring_about_twice_as_many():
    as_of = ONSET + timedelta(hours=12)
    once, twice = (
        forecasts_of(hours(*np.linspace(0, 12, n)), ONSET, as_of, None)[0].median
        for n in (300, 600)
    )
    assert twice == pytest.approx(2 * once, rel=0.15)


# The whole


def told_of(own: list[Mention], before: list[Mention], **fields: object) -> Story:
    return tell(surge_of(own, **fields), [*before, *own], as_of=ONSET + timedelta(hours=8))


def test_every_id_of_a_story_is_a_mention():
    own = planted(product="水壶")
    known = {one.id for one in [*own, *background()]}
    row = told_of(own, background()).as_row()

    def ids(value: object, name: str = "") -> set[str]:
        if isinstance(value, dict):
            return set().union(*(ids(item, key) for key, item in value.items()))
        if isinstance(value, list):
            found = set().union(*(ids(item, name) for item in value)) if value else set()
            return found | ({*value} if name.endswith("ids") else set())
        return {value} if name in ("id", "first_id", "quote_id") else set()

    assert ids(row) <= known
    assert ids(row) >= {one.id for one in own}
    assert json.loads(json.dumps(row)) == row


def test_ids_that_are_not_there_are_told_as_missing():
    own = planted(product="水壶")
    story = tell(surge_of(own), own[:40], as_of=ONSET + timedelta(hours=8))
    assert story.told == 40
    assert story.missing_ids == tuple(one.id for one in own[40:])
    later = tell(surge_of(own), own, as_of=own[9].at)
    assert later.told == 10


@pytest.mark.parametrize(
    ("own", "told"), [([], 0), (planted(1, product="水壶"), 1)], ids=["none", "one"]
)
def test_a_surge_of_nothing_and_of_one(own, told):
    story = told_of(own, [])
    assert story.told == told
    assert (story.history, story.growth, story.phrases, story.clusters) == (None, None, (), ())
    assert (story.drilldown is None) == (story.drivers is None) == (told == 0)
    if told:
        assert story.drilldown.expected is None
        assert story.drilldown.explanation is None
        assert {cell.explains for cell in story.drilldown.elements} == {None}


def test_the_timeline_holds_every_mention_once():
    own = hours(*np.linspace(0, 50, 77))
    told = timeline_of(own, ONSET + timedelta(hours=50), None)
    assert [i for one in told for i in one.ids] == [one.id for one in own]
    assert len(told) <= 25
    assert all(one.observed == len(one.ids) and one.expected is None for one in told)
    assert all(left.end == right.start for left, right in pairwise(told))


def test_a_time_without_zone_is_refused():
    with pytest.raises(SurveillanceError, match="without a time zone"):
        tell(surge_of([]), [], as_of=datetime(2026, 3, 30))  # noqa: DTZ001


def test_a_surge_that_was_found_is_told_whole():
    before = [replace(one, product="水壶") for one in background()[::4]]
    own = planted(product="水壶", complaint=("safety",), severity=3)
    (surge,) = surveil([*before, *own], as_of=ONSET + timedelta(hours=8))
    story = tell(surge, [*before, *own], as_of=ONSET + timedelta(hours=8))
    assert story.told == surge.observed
    assert story.missing_ids == ()
    assert sum(one.observed for one in story.timeline) == surge.observed
    assert story.as_of.astimezone(UTC) == (ONSET + timedelta(hours=8)).astimezone(UTC)
