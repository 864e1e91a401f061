"""A watch that goes on finds what one that reads everything finds, at any time, and can be kept."""

import pickle
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from time import process_time
from zoneinfo import ZoneInfo

import pytest

from nlp.surveillance import Listener, Mention, SurveillanceError, WatchSettings, judge

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 2, 0, 7, tzinfo=SHANGHAI)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
KINDS = ("service", "logistics", "quality")


def said(seed: int, days: float, a_day: float, products: int = 2) -> list[Mention]:
    """Return mentions in the order of time, some in answer to another, with two bursts."""
    random = Random(seed)
    times = sorted(days * random.random() for _ in range(int(days * a_day)))
    crises = [days * 0.6 + random.random(), days * 0.9 + random.random() * 0.5]
    times = sorted([*times, *(c + n / 700 for c in crises for n in range(30))])
    found: list[Mention] = []
    for n, at in enumerate(times):
        near = any(0 <= at - crisis < 0.05 for crisis in crises)
        bad = near or random.random() < 0.3
        found.append(
            Mention(
                f"m{n}",
                START + at * DAY,
                "p0" if near else f"p{random.randrange(products)}",
                bad,
                (random.choice(KINDS),) if bad else (),
                random.randrange(4) if bad else 0,
                f"a{random.randrange(40)}",
                int(10 ** (5 * random.random())),
                random.choice(("把手断了", "快递太慢", "很好用", "客服不理人")),
                "comment",
                None,
                parent_id=f"m{random.randrange(n + 3)}" if n and random.random() < 0.2 else None,
            )
        )
    return found


def late(mentions: list[Mention], seed: int) -> list[Mention]:
    """Return them in the order in which they become known: one in twenty up to two days late."""
    random = Random(seed)
    delays = [2 * DAY * random.random() if random.random() < 0.05 else 0 * DAY for _ in mentions]
    known = sorted(zip(mentions, delays, strict=True), key=lambda one: one[0].at + one[1])
    return [mention for mention, _ in known]


def chatty(mentions: list[Mention], seed: int) -> list[Mention]:
    """Return them with one in ten as a turn of a chat."""
    random = Random(seed)
    return [
        replace(one, session_id=f"s{random.randrange(30)}") if random.random() < 0.1 else one
        for one in mentions
    ]


COURSES = {
    "in time": (lambda seed: said(seed, 24, 60), {}),
    "by reach": (lambda seed: said(seed, 24, 60), {"weight": "reach"}),
    "late ones": (lambda seed: late(said(seed, 24, 40), seed), {}),
    "chats": (lambda seed: chatty(said(seed, 24, 40), seed), {}),
    "a short memory": (lambda seed: said(seed, 24, 40), {"memory": 9 * DAY, "learning": 2 * DAY}),
    "clocks change": (lambda seed: said(seed, 30, 40), {"zone": "America/New_York"}),
    "half an hour off": (lambda seed: said(seed, 24, 40), {"zone": "Asia/Kolkata"}),
}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(("course", "settings"), COURSES.values(), ids=COURSES)
def test_it_finds_what_a_watch_over_all_finds(course, settings, seed):
    chosen = WatchSettings(**settings)
    mentions, random = course(seed), Random(seed)
    listener, heard, surges, now = Listener(chosen), 0, 0, START
    while heard < len(mentions):
        until = heard + 1 + int(random.expovariate(1 / 150))
        listener.hear(mentions[heard:until])
        heard = min(until, len(mentions))
        as_of = max(mention.at for mention in mentions[:heard])
        as_of += random.choice((0, 1)) * random.random() * 3 * HOUR
        now = max(as_of, now)
        told = listener.judge(now)
        assert told == judge(mentions[:heard], as_of=now, settings=chosen)
        surges += len(told.surges)
    assert surges


def test_it_can_be_kept_and_goes_on():
    mentions = said(3, 24, 40)
    half = len(mentions) // 2
    listener = Listener()
    listener.hear(mentions[:half])
    listener.judge(mentions[half - 1].at)
    again = pickle.loads(pickle.dumps(listener))
    again.hear(mentions[half:])
    end = mentions[-1].at
    assert again.judge(end) == judge(mentions, as_of=end)


def test_the_future_and_repeats_wait_and_count_once():
    mentions = said(4, 24, 40)
    listener = Listener()
    listener.hear(mentions + mentions)
    for at in (START + 8 * DAY, START + 15 * DAY, mentions[-1].at):
        known = [one for one in mentions if one.at <= at]
        assert listener.judge(at) == judge(known, as_of=at)


def test_it_goes_forward_only():
    listener = Listener()
    listener.judge(START + DAY)
    with pytest.raises(SurveillanceError, match="goes forward only") as refused:
        listener.judge(START)
    assert "只能向前" in refused.value.text("zh")


def test_a_look_costs_what_is_new():
    """A quiet product heard for a year: one more mention costs a small part of reading it all."""
    mentions = [one for one in said(5, 350, 12, products=1) if not one.parent_id]
    quiet = [
        replace(one, negative=False, complaint=()) if n % 4 else one
        for n, one in enumerate(mentions)
    ]
    listener = Listener()
    listener.hear(quiet[:-40])
    listener.judge(quiet[-41].at, since=quiet[-41].at)
    begun = process_time()
    for one in quiet[-40:]:
        listener.hear([one])
        listener.judge(one.at, since=one.at)
    looks = (process_time() - begun) / 40
    begun = process_time()
    judge(quiet, as_of=quiet[-1].at, since=quiet[-1].at)
    assert looks < (process_time() - begun) / 4
