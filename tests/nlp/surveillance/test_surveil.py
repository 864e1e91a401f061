"""The watch from mentions to surges: scenarios, proof of every figure, bad input."""

import json
import pickle
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from random import Random
from zoneinfo import ZoneInfo

import pytest

from nlp.surveillance import (
    Mention,
    MentionError,
    SurveillanceError,
    WatchSettings,
    fingerprint_of,
    judge,
    surveil,
)
from nlp.surveillance.chats import one_voice_a_chat

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 2, tzinfo=SHANGHAI)
NOW = START + timedelta(days=30, hours=18)
CRISIS = START + timedelta(days=30, hours=10)
COMPLAINTS = ("客服半天不回消息", "快递晚了两天才到", "盖子有点松，不太好用", "声音比想象的大")
PRAISE = ("很好用，烧水快", "物流很快，包装完好", "颜色好看，送妈妈的")
BURNS = (
    "壶把手突然断了，开水洒在腿上，烫伤了",
    "把手断裂，孩子被烫伤，正在医院",
    "刚提起来把手就断，差点烫到脸，太危险了",
    "同款把手也断了，烫红一大片，要求召回",
    "把手用了一周就裂，开水流了一地，谁敢用",
    "我家的壶把手也松了，不敢再用，请厂家召回",
)


def mention(number: str, at: datetime, **fields: object) -> Mention:
    """Return a mention of the kettle; `fields` say what is different."""
    usual = Mention(
        number, at, "水壶", True, ("quality",), 1, f"a{number}", 1, "不好用", "review", None
    )
    return replace(usual, **fields)


def ordinary(
    product: str = "水壶", days: float = 30, a_day: float = 4, seed: int = 1
) -> list[Mention]:
    """Return days of ordinary feedback, a third of it negative."""
    random = Random(f"{product}/{seed}")
    found = []
    for n in range(int(days * a_day * 3)):
        bad = n % 3 == 0
        text = random.choice(COMPLAINTS if bad else PRAISE)
        kind = ("service", "logistics", "quality", "quality")[random.randrange(4)]
        found.append(
            mention(
                f"{product}-{n}",
                START + timedelta(days=days * random.random()),
                product=product,
                negative=bad,
                complaint=(kind,) if bad else (),
                text=text,
            )
        )
    return found


def burst(
    count: int = 40, hours: float = 6, start: datetime = CRISIS, **fields: object
) -> list[Mention]:
    """Return negative mentions about broken handles, evenly over some hours."""
    base: dict[str, object] = {"complaint": ("safety",), "severity": 3}
    return [
        mention(
            f"burst-{n}",
            start + timedelta(hours=hours * n / count),
            **{**base, "text": BURNS[n % 6] + "！" * (n % 4), **fields},
        )
        for n in range(count)
    ]


def chats(count: int, turns: int) -> list[Mention]:
    """Return a burst of support chats, each of several angry turns."""
    openings = burst(count)
    return [
        replace(
            opening,
            id=f"{opening.id}-{turn}",
            at=opening.at + timedelta(minutes=turn),
            session_id=f"chat-{opening.id}",
        )
        for opening in openings
        for turn in range(turns)
    ]


def voices(count: int, parent: str | None) -> list[Mention]:
    """Return mentions that speak ill of nothing, beside a burst of six hours."""
    beside = burst(count, 6, negative=False, complaint=(), severity=0, parent_id=parent)
    return [replace(one, id=f"voice-{one.id}", text="转发") for one in beside]


def watch(mentions: Iterable[Mention], **settings: object) -> list[tuple[str, str | None, int]]:
    """Return product, category and count of every surge until now."""
    chosen = WatchSettings(**settings)
    surges = surveil(list(mentions), as_of=NOW, settings=chosen)
    return [(surge.product, surge.category, surge.observed) for surge in surges]


def sale() -> list[Mention]:
    """Return a day with ten times as much feedback as usual, of the usual kinds."""
    day = ordinary(days=1, a_day=40, seed=9)
    return [replace(m, id=f"sale-{m.id}", at=m.at + timedelta(days=29)) for m in day]


Scenario = tuple[Callable[[], list[Mention]], dict[str, object], list[tuple[str, str | None, int]]]
SCENARIOS: dict[str, Scenario] = {
    "nothing": (list, {}, []),
    "one mention": (lambda: burst(1), {}, []),
    "two mentions": (lambda: burst(2), {}, []),
    "all positive": (lambda: burst(40, negative=False), {}, []),
    "an ordinary month": (ordinary, {}, []),
    "a crisis": (lambda: ordinary() + burst(), {}, [("水壶", "safety", 40)]),
    "a crisis, no history": (burst, {}, [("水壶", "safety", 40)]),
    "40 in three hours, no history": (lambda: burst(hours=3), {}, [("水壶", "safety", 40)]),
    "a slow day": (
        lambda: ordinary() + burst(40, 30, CRISIS - timedelta(days=1)),
        {},
        [("水壶", "safety", 40)],
    ),
    "a crisis of one of three": (
        lambda: ordinary() + ordinary("风扇") + ordinary("牙刷") + burst(product="风扇"),
        {},
        [("风扇", "safety", 40)],
    ),
    "two crises": (
        lambda: ordinary() + ordinary("风扇") + burst() + renamed(burst(product="风扇")),
        {},
        [("水壶", "safety", 40), ("风扇", "safety", 40)],
    ),
    "one chat of forty lines": (lambda: ordinary() + burst(session_id="chat-1"), {}, []),
    "forty chats of three lines": (
        lambda: ordinary() + chats(40, 3),
        {},
        [("水壶", "safety", 40)],
    ),
    "as many others who speak of other things": (
        lambda: burst(40, 6) + voices(80, None),
        {},
        [],
    ),
    "as many others who repost the complaint": (
        lambda: burst(40, 6) + voices(80, "burst-0"),
        {},
        [("水壶", "safety", 40)],
    ),
    "no product named": (lambda: burst(product=""), {}, [("", "safety", 40)]),
    "one category in the noise": (
        lambda: ordinary(a_day=60) + burst(9, 3),
        {},
        [("水壶", "safety", 9)],
    ),
    "a sale": (lambda: ordinary() + sale(), {}, []),
    "below the minimum": (lambda: ordinary() + burst(40), {"minimum_count": 60}, []),
    "twice in one day": (
        lambda: burst(20, 1, CRISIS - timedelta(hours=9)) + renamed(burst(20, 1)),
        {},
        [("水壶", "safety", 40)],
    ),
    "twice, days apart": (
        lambda: ordinary() + burst(20, 1, CRISIS - timedelta(days=6)) + renamed(burst(20, 1)),
        {},
        [("水壶", "safety", 20), ("水壶", "safety", 20)],
    ),
    "no category known": (lambda: ordinary() + burst(complaint=()), {}, [("水壶", None, 40)]),
    "an own category": (
        lambda: ordinary() + burst(complaint=("异味",)),
        {},
        [("水壶", "异味", 40)],
    ),
    "in the learning time": (lambda: ordinary() + burst(start=START + timedelta(days=3)), {}, []),
    "older than the memory": (
        lambda: burst(start=START) + ordinary(),
        {"memory": timedelta(days=20)},
        [],
    ),
}


def renamed(mentions: Iterable[Mention]) -> list[Mention]:
    """Return the mentions under other ids."""
    return [replace(one, id=f"{one.id}-again") for one in mentions]


@pytest.mark.parametrize(("make", "settings", "expected"), SCENARIOS.values(), ids=SCENARIOS)
def test_scenarios(make, settings, expected):
    found = watch(make(), **settings)
    assert [row[:2] for row in found] == [row[:2] for row in expected]
    for (*_, observed), (*_, planted) in zip(found, expected, strict=True):
        assert planted <= observed <= 1.15 * planted


@pytest.fixture(scope="module")
def crisis():
    posts = [replace(m, reach=9000 if m.id == "burst-3" else 2) for m in burst()]
    mentions = ordinary() + posts
    [surge] = surveil(mentions, as_of=NOW)
    return mentions, surge


def test_every_figure_has_its_ids(crisis):
    mentions, surge = crisis
    by_id = {one.id: one for one in mentions}
    assert surge.observed == len(surge.ids) == len(set(surge.ids))
    assert {f"burst-{n}" for n in range(40)} <= set(surge.ids)
    assert all(by_id[name].negative and by_id[name].product == "水壶" for name in surge.ids)
    assert all(surge.onset <= by_id[name].at < surge.until for name in surge.ids)
    for count in surge.categories:
        assert count.count == len(count.ids)
        assert all(count.category in by_id[name].complaint for name in count.ids)
    for author in surge.authors:
        assert author.posts == len(author.ids)
        assert author.reach == sum(by_id[name].reach for name in author.ids)
        assert {by_id[name].author_id for name in author.ids} == {author.author_id}
    assert all(by_id[quote.id].text == quote.text for quote in surge.quotes)
    assert surge.coordinated_share == len(surge.coordinated_ids) / surge.observed
    proved = chain(surge.coordinated_ids, *(one.ids for one in (*surge.categories, *surge.authors)))
    assert set(proved) <= set(surge.ids)


def test_a_crisis_is_told(crisis):
    _, surge = crisis
    assert surge.onset == CRISIS
    assert surge.bins == ("10min", "hour", "day")
    assert surge.expected < 4 < surge.upper < surge.observed
    assert surge.p < 1e-6
    assert (surge.severity, surge.level) == (3, 2)
    assert surge.authors[0].author_id == "aburst-3"
    assert {"把手", "烫伤"} & set("".join(surge.keyphrases[:4]).replace("把手", "把手 ").split())
    assert len(surge.quotes) == 5
    assert surge.fingerprint == fingerprint_of("水壶")


def test_the_reasons_say_it_in_both_languages(crisis):
    _, surge = crisis
    zh, en = (
        " ".join(reason.text(language) for reason in surge.reasons) for language in ("zh", "en")
    )
    assert all(reason.en and reason.zh for reason in surge.reasons)
    for told in (
        f"负面反馈 {surge.observed} 条，预期",
        "始于 2026-04-01 10:00",
        "主要涉及安全与健康",
    ):
        assert told in zh
    for told in (f"{surge.observed} negative mentions where", "aburst-3", "level II, major"):
        assert told in en
    assert "历史" not in zh


def test_no_history_is_told():
    [surge] = surveil(burst(), as_of=NOW)
    assert any("没有可供比较的历史数据" in reason.zh for reason in surge.reasons)
    late = burst(start=START + timedelta(days=6, hours=9))
    [surge] = surveil(ordinary(days=6) + late, as_of=START + timedelta(days=7))
    assert any(reason.zh.startswith("历史数据仅 6.") for reason in surge.reasons)


def test_copies_are_suspected():
    copies = burst(31, 0.7, text="内部员工爆料全部是过期原料翻新的吃了会致癌赶紧扔掉")
    authors = [replace(one, author_id=f"bot{n % 12}") for n, one in enumerate(copies)]
    [surge] = surveil(ordinary() + authors, as_of=NOW)
    assert surge.suspected_coordination
    assert surge.coordinated_share > 0.9
    assert any("疑似有组织" in reason.zh for reason in surge.reasons)


def test_a_row_is_json_and_a_surge_pickles(crisis):
    _, surge = crisis
    row = json.loads(json.dumps(surge.as_row(), ensure_ascii=False))
    assert row["onset"] == CRISIS.isoformat()
    assert row["ids"] == list(surge.ids)
    assert row["reasons"][0] == {"en": surge.reasons[0].en, "zh": surge.reasons[0].zh}
    assert row["categories"][0]["ids"] == list(surge.categories[0].ids)
    assert pickle.loads(pickle.dumps(surge)) == surge


def shuffled(mentions: list[Mention]) -> list[Mention]:
    """Return them in another order."""
    return Random(5).sample(mentions, len(mentions))


SAME: dict[str, Callable[[list[Mention]], list[Mention]]] = {
    "any order": shuffled,
    "each twice": lambda mentions: mentions + mentions,
    "an id that comes again": lambda mentions: [*mentions, replace(mentions[0], at=CRISIS)],
    "events of the future": lambda mentions: (
        mentions + renamed(burst(start=NOW + timedelta(hours=1)))
    ),
    "other zones": lambda mentions: [replace(m, at=m.at.astimezone(UTC)) for m in mentions],
    "somebody in 1971": lambda m: [*m, mention("old", datetime(1971, 1, 1, tzinfo=UTC))],
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
def test_the_same_mentions_give_the_same_surges(crisis, change):
    mentions, surge = crisis
    before = list(mentions)
    assert surveil(change(mentions), as_of=NOW) == (surge,)
    assert mentions == before


def test_while_it_grows_it_stays_one_incident():
    mentions = ordinary() + burst()
    seen = set()
    for minutes in range(30, 8 * 60, 90):
        now = CRISIS + timedelta(minutes=minutes)
        surges = surveil(mentions, as_of=now, since=now - timedelta(minutes=90))
        seen |= {(surge.fingerprint, surge.onset) for surge in surges}
        assert len(surges) == 1 or minutes < 120
        assert all(one.until <= now for one in surges)
    assert seen == {(fingerprint_of("水壶"), CRISIS)}


def test_since_leaves_out_what_is_over():
    mentions = ordinary() + burst(start=CRISIS - timedelta(days=9))
    assert len(surveil(mentions, as_of=NOW)) == 1
    assert surveil(mentions, as_of=NOW, since=NOW - timedelta(days=3)) == ()
    early = ordinary() + burst(start=START + timedelta(days=3))
    assert len(surveil(early, as_of=NOW, since=START)) == 1


DAY = timedelta(days=1)
FIRST = mention("first", START)
JUDGED = {
    "nothing": ([], 20 * DAY, {}, 20 * DAY),
    "nothing but the future": ([mention("late", START + 21 * DAY)], 20 * DAY, {}, 20 * DAY),
    "too short to learn": ([FIRST], 14 * DAY - timedelta(seconds=1), {}, 0 * DAY),
    "just long enough": ([FIRST], 14 * DAY, {}, 7 * DAY),
    "praise alone": ([replace(FIRST, negative=False)], 20 * DAY, {}, 7 * DAY),
    "no learning time": ([FIRST], 20 * DAY, {"learning": 0 * DAY}, 0 * DAY),
    "a longer one": ([FIRST], 20 * DAY, {"learning": 9 * DAY}, 9 * DAY),
    "the first is forgotten": (
        [FIRST, mention("next", START + 5 * DAY)],
        20 * DAY,
        {"memory": 15 * DAY},
        12 * DAY,
    ),
}


@pytest.mark.parametrize(("mentions", "age", "settings", "expected"), JUDGED.values(), ids=JUDGED)
def test_since_when_it_judges(mentions, age, settings, expected):
    judged = judge(mentions, as_of=START + age, settings=WatchSettings(**settings))
    assert judged.since - START == expected
    told = judge(mentions, as_of=START + age, since=START + DAY)
    assert told.since - START == DAY


@pytest.mark.parametrize("day", range(0, 16, 3))
@pytest.mark.parametrize("age", [13, 16])
def test_a_surge_is_told_exactly_where_it_judges(day, age):
    crisis = burst(hours=2, start=START + timedelta(days=day, hours=10))
    now = START + timedelta(days=age)
    known = [one for one in (FIRST, *crisis) if one.at <= now]
    judged = judge(known, as_of=now)
    assert judged.surges == surveil(known, as_of=now)
    assert bool(judged.surges) == (known[-1].at > judged.since)


def test_more_products_do_not_mean_more_false_alarms():
    alone = surveil(ordinary() + burst(7, 4), as_of=NOW)
    crowd = list(chain(*(ordinary(f"p{n}", a_day=1) for n in range(40))))
    among = surveil(ordinary() + burst(7, 4) + crowd, as_of=NOW)
    assert len(alone) == 1
    assert {one.product for one in among} <= {"水壶"}


def test_the_zone_decides_what_a_day_is():
    late = burst(30, 3, CRISIS.replace(hour=22))
    as_of = CRISIS + timedelta(days=2)
    [here] = surveil(late, as_of=as_of)
    [there] = surveil(late, as_of=as_of, settings=WatchSettings(zone="America/New_York"))
    assert here.onset == there.onset
    assert (here.onset.hour, there.onset.hour) == (22, 10)


BAD_TIMES = {
    "as_of without zone": {"as_of": NOW.replace(tzinfo=None)},
    "since without zone": {"as_of": NOW, "since": START.replace(tzinfo=None)},
    "since after as_of": {"as_of": NOW, "since": NOW + timedelta(seconds=1)},
}


@pytest.mark.parametrize("times", BAD_TIMES.values(), ids=BAD_TIMES)
def test_bad_times_are_named(times):
    with pytest.raises(SurveillanceError, match=r"as_of|since") as refused:
        surveil(burst(), **times)
    assert "请给出" in refused.value.text("zh")


def test_a_mention_without_zone_is_refused():
    with pytest.raises(MentionError, match=r"'7': the time .* has no zone; attach one"):
        mention("7", CRISIS.replace(tzinfo=None))


def test_a_chat_is_told_by_its_first_angry_turn_and_all_it_complains_of():
    opening = mention("c-1", CRISIS, negative=False, complaint=(), severity=0, session_id="s")
    angry = mention("c-2", CRISIS + timedelta(minutes=1), complaint=("safety",), session_id="s")
    worse = replace(
        angry,
        id="c-3",
        at=CRISIS + timedelta(minutes=2),
        complaint=("service", "safety"),
        severity=3,
    )
    [voice] = one_voice_a_chat([opening, angry, worse])
    assert (voice.id, voice.at, voice.severity) == ("c-2", angry.at, 3)
    assert voice.complaint == ("safety", "service")
    assert one_voice_a_chat([opening]) == [opening]
    assert len(one_voice_a_chat([angry, replace(worse, product="风扇")])) == 2


@pytest.mark.parametrize("seed", range(4))
def test_what_alarms_by_day_only_lies_above_what_chance_explains(seed):
    mentions = ordinary(days=60, a_day=6, seed=seed) + burst(14, 23, CRISIS - timedelta(hours=8))
    surges = surveil(mentions, as_of=NOW, settings=WatchSettings())
    by_day = [surge for surge in surges if surge.bins == ("day",)]
    assert by_day
    assert all(surge.observed > surge.upper for surge in by_day)
