"""An alert says from which region and channel it comes, where that is not as it was."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from nlp.surveillance import Mention, surveil
from nlp.surveillance.places import Place, places_of

START = datetime(2026, 3, 2, tzinfo=ZoneInfo("Asia/Shanghai"))
REGIONS = ("浙江", "广东", "四川", "北京")


def said(n: int, region: str | None, channel: str) -> Mention:
    return Mention(f"m{n}", START, "壶", True, (), 1, f"a{n}", 0, "坏了", channel, region)


def many(*groups: tuple[int, str | None, str]) -> list[Mention]:
    places = [(region, channel) for count, region, channel in groups for _ in range(count)]
    return [said(n, *place) for n, place in enumerate(places)]


EVERYWHERE = many(*((25, region, "review") for region in REGIONS))
FOUND = {
    # the surge, what was said before, what stands out
    "one region": (many((18, "浙江", "review"), (2, "北京", "review")), ["region 浙江 90% 25%"]),
    "one channel": (many(*((5, region, "comment") for region in REGIONS)), ["channel comment"]),
    "both": (many((20, "四川", "note")), ["region 四川", "channel note"]),
    "as before": (many(*((5, region, "review") for region in REGIONS)), []),
    "nobody knows where": (many((20, None, "")), []),
    "too few to tell": (many((2, "浙江", "review"), (1, "北京", "review")), []),
}


def shown(place: Place) -> str:
    return f"{place.dimension} {place.value} {place.share:.0%} {place.before:.0%}"


@pytest.mark.parametrize(("proof", "wanted"), FOUND.values(), ids=FOUND)
def test_what_stands_out(proof, wanted):
    found = [shown(place) for place in places_of(proof, EVERYWHERE)]
    assert len(found) == len(wanted)
    assert all(own.startswith(start) for own, start in zip(found, wanted, strict=True))


def test_without_a_past_nothing_stands_out():
    assert places_of(many((20, "浙江", "review")), []) == ()


def test_an_alert_says_where_it_comes_from():
    usual = [
        Mention(
            id=f"u{n}",
            at=START + timedelta(hours=n),
            product="壶",
            negative=n % 3 == 0,
            complaint=(),
            severity=1,
            author_id=None,
            reach=0,
            text="一般",
            channel="review",
            region=REGIONS[n // 3 % 4],
        )
        for n in range(24 * 28)
    ]
    at = usual[-1].at + timedelta(minutes=7)
    burst = [
        Mention(
            f"b{n}", at + timedelta(minutes=n), "壶", True, (), 1, None, 0, "坏", "note", "浙江"
        )
        for n in range(40)
    ]
    (surge,) = surveil([*usual, *burst], as_of=at + timedelta(hours=1))
    told = {reason.en: reason.zh for reason in surge.reasons}
    wanted = "from: region 浙江 100% (before 25%), channel note 100% (before 0%)"
    assert told[wanted] == "来源集中：地区 浙江 100%（此前 25%）、渠道 笔记 100%（此前 0%）"
