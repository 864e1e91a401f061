"""Facts and features of engagement events; those of other names count as events all the same."""

from collections.abc import Mapping
from types import MappingProxyType

import narwhals as nw

from nlp.message import Message
from tiering.features.feature import EVER, WINDOWS, Fact
from tiering.features.grammar import EVERY, Line, features_of, since, totals, trends
from tiering.frames import Frame
from tiering.times import Moment, day_of

KINDS = MappingProxyType(
    {
        "views": ("view", Message("views", "浏览")),
        "searches": ("search", Message("searches", "搜索")),
        "carts": ("add_to_cart", Message("things put into the cart", "加购")),
        "likes_given": ("like", Message("likes given", "点赞")),
        "saves_given": ("save", Message("saves", "收藏")),
        "shares_given": ("share", Message("shares", "分享")),
        "logins": ("login", Message("logins", "登录")),
        "device_changes": ("device", Message("device changes", "更换设备")),
    }
)
NPS_SCALE = 100
NPS_MOST, PROMOTER = 10, 9
NPS_WINDOWS = (90, 365, EVER)

FACTS = (
    Fact("events", Message("events of any kind", "各类行为")),
    Fact("active_days", Message("days with an event", "有行为的日子"), "days"),
    *(Fact(name, said) for name, (_, said) in KINDS.items()),
    Fact("nps_answers", Message("NPS answers from 0 to 10", "NPS 回答（0 至 10）")),
    Fact("nps_promoters", Message("NPS answers of 9 or 10", "9 分及以上的 NPS 回答")),
    Fact("nps_points", Message("points of NPS answers", "NPS 得分"), "sum", NPS_SCALE),
    Fact("lowest_nps", Message("the lowest NPS answer", "最低的 NPS 回答"), "min", NPS_SCALE),
    Fact("last_event", Message("the last event", "最近一次行为"), "min"),
    Fact("first_event", Message("the first event", "首次行为"), "max"),
    Fact("last_view", Message("the last view", "最近一次浏览"), "min"),
    Fact("last_cart", Message("the last time something was put into the cart", "最近加购"), "min"),
    Fact("last_share", Message("the last share", "最近一次分享"), "min"),
    Fact("last_login", Message("the last login", "最近一次登录"), "min"),
)

COURSE = ("first_event", "last_event", "active_days")

LINES = (
    *totals(("events", "active_days"), EVERY),
    *totals(tuple(KINDS), WINDOWS),
    *totals(("nps_answers", "nps_promoters"), NPS_WINDOWS),
    Line("mean_nps", "mean", ("nps_points", "nps_answers"), "points", NPS_WINDOWS, NPS_MOST),
    Line("lowest_nps", "smallest", ("lowest_nps",), "points", NPS_WINDOWS, NPS_MOST),
    Line("events_per_active_day", "mean", ("events", "active_days"), "ratio", EVERY),
    Line("carts_per_view", "mean", ("carts", "views"), "ratio", WINDOWS),
    *trends("events", "active_days", "views", "carts"),
    *since("last_event", "first_event", "last_view", "last_cart", "last_share", "last_login"),
    Line("mean_active_gap_days", "gap", COURSE, "days", (EVER,)),
    Line("activity_lateness", "lateness", COURSE, "ratio", (EVER,)),
)

FEATURES = features_of("engagement", FACTS, LINES)


def rows(events: Frame, moment: Moment) -> tuple[Frame, Mapping[str, nw.Expr]]:
    """Return checked events, and the facts of each as expressions, with its `age` in days."""
    age, event = moment.day - day_of(nw.col("at")), nw.col("event").str.to_lowercase()
    value = nw.col("value")
    answer = ((event == "nps") & (value >= 0) & (value <= NPS_MOST)).fill_null(value=False)
    points = nw.when(answer).then((value * NPS_SCALE + 0.5).floor()).cast(nw.Int64)
    last = {"last_view": "view", "last_cart": "add_to_cart"}
    last |= {"last_share": "share", "last_login": "login"}
    return events, {
        "age": age,
        "events": age * 0 + 1,
        "active_days": age * 0 + 1,
        **{name: (event == kind).cast(nw.Int64) for name, (kind, _) in KINDS.items()},
        "nps_answers": answer.cast(nw.Int64),
        "nps_promoters": (points >= PROMOTER * NPS_SCALE).fill_null(value=False).cast(nw.Int64),
        "nps_points": points.fill_null(0),
        "lowest_nps": points,
        "last_event": age,
        "first_event": age,
        **{name: nw.when(event == kind).then(age) for name, kind in last.items()},
    }
