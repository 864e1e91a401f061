"""The summary: counts, shares, times, weights, quotes, and what it does with bad rows."""

import pickle
import random
from datetime import UTC, datetime, timedelta

import pytest

from nlp.opinions import (
    OpinionRowError,
    OpinionSettings,
    OpinionSettingsError,
    Summariser,
    summary,
)

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


MIXED = (("屏幕", "positive"), ("客服", "negative"))


def said(number, text="屏幕很好，客服太差", judged=MIXED, **more):
    return {
        "id": f"r{number}",
        "masked_text": text,
        "product": "手机A",
        "industry": "手机",
        "created_at": START + timedelta(days=number % 90),
        "likes": 0,
        "complaint": ["service"],
        "targets": [{"span": span, "polarity": polarity} for span, polarity in judged],
        **more,
    }


def over_all(rows, **settings):
    found = summary(rows, settings=OpinionSettings(**settings))
    return {one.aspect: one for one in found if one.scope == "all"}


def test_the_issue_s_own_example():
    told = over_all([said(1)])
    assert (told["screen"].positive, told["screen"].negative) == (1, 0)
    assert (told["service"].positive, told["service"].negative) == (0, 1)
    assert told["screen"].zh == "屏幕"
    assert told["screen"].share == 0.5


def test_shares_add_up_and_intervals_hold_them():
    polarities = ["positive"] * 6 + ["neutral"] * 3 + ["negative"] * 11
    rows = [said(n, "屏幕一般", [("屏幕", p)]) for n, p in enumerate(polarities)]
    one = over_all(rows)["screen"]
    assert (one.positive, one.neutral, one.negative, one.mentions) == (6, 3, 11, 20)
    shares = (one.positive_share, one.neutral_share, one.negative_share)
    assert sum(each.share for each in shares) == pytest.approx(1.0)
    assert all(0 <= each.low < each.share < each.high <= 1 for each in shares)
    assert one.net == pytest.approx(-0.25)


def test_products_are_apart_and_together():
    rows = [said(1), said(2, product="手机B"), said(3, product=None)]
    found = summary(rows)
    assert [(one.scope, one.product) for one in found if one.aspect == "screen"] == [
        ("all", ""),
        ("product", "手机A"),
        ("product", "手机B"),
        ("product", ""),
    ]
    assert sum(one.mentions for one in found if one.scope == "all") == 6
    assert sum(one.mentions for one in found if one.scope == "product") == 6


def test_one_flood_of_a_word_in_one_text_is_one_mention():
    row = said(1, "屏幕好，屏幕棒，屏幕赞", [("屏幕", "positive")] * 3)
    assert over_all([row])["screen"].mentions == 1


def test_likes_are_voices_and_one_loud_voice_is_no_proof():
    rows = [said(0, likes=999), *(said(n, judged=[("屏幕", "negative")]) for n in range(1, 10))]
    plain, liked = over_all(rows)["screen"], over_all(rows, weight="likes")["screen"]
    assert plain.positive_share.share == pytest.approx(0.1)
    assert liked.positive_share.share == pytest.approx(1000 / 1009)
    assert liked.positive_share.low < 0.3  # about one effective voice
    assert liked.mentions == plain.mentions == 10


@pytest.mark.parametrize(
    ("recent", "before", "trend"),
    [
        ("negative", "positive", "worse"),
        ("positive", "negative", "better"),
        ("positive", "positive", "steady"),
    ],
)
def test_the_last_thirty_days_against_before(recent, before, trend):
    rows = [said(day, "屏幕如何", [("屏幕", recent if day >= 60 else before)]) for day in range(90)]
    random.Random(3).shuffle(rows)
    one = over_all(rows)["screen"]
    assert (one.recent.mentions, one.before.mentions) == (30, 60)
    assert one.trend == trend


def test_without_times_there_is_no_trend():
    one = over_all([said(n, created_at=None) for n in range(5)])["screen"]
    assert (one.trend, one.negative_change, one.recent.mentions) == ("unknown", None, 0)


def test_what_is_later_than_as_of_is_left_out():
    summariser = Summariser(settings=OpinionSettings(as_of=START + timedelta(days=4)))
    for number in range(10):
        summariser.add(said(number))
    assert (summariser.rows, summariser.later) == (10, 5)
    assert summariser.summary()[0].mentions == 5


def test_complaints_belong_to_what_is_not_praised():
    told = over_all([said(1), said(2)])
    assert told["service"].complaints == (("service", 2),)
    assert told["screen"].complaints == ()


def test_quotes_hold_the_term_the_id_and_nothing_personal():
    text = "包装不错。客服太差让我打13800138000也没人接，气死。屏幕很好"
    rows = [said(n, text) for n in range(3)]
    one = over_all(rows)["service"]
    ((polarity, quote),) = one.quotes  # the same sentence three times is one quote
    assert polarity == "negative"
    assert quote.id in {"r0", "r1", "r2"}
    assert "客服" in quote.text
    assert "138" not in quote.text
    assert "包装" not in quote.text


def test_quotes_differ_from_each_other():
    texts = ["屏幕漏光很严重", "屏幕漏光很严重啊", "屏幕漏光真严重", "屏幕用一周就碎了"]
    rows = [said(n, text, [("屏幕", "negative")]) for n, text in enumerate(texts * 3)]
    quotes = [quote.text for _, quote in over_all(rows)["screen"].quotes]
    assert len(quotes) == 2
    assert "屏幕用一周就碎了" in quotes


def test_the_order_of_the_rows_does_not_matter():
    rows = [said(n, f"屏幕{'好差亮暗'[n % 4]}{n}，客服太差", likes=n % 7) for n in range(60)]
    mixed = random.Random(7).sample(rows, len(rows))
    first, second = (over_all(each, weight="likes") for each in (rows, mixed))
    for aspect, one in first.items():
        other = second[aspect]
        assert (one.mentions, one.quotes, one.trend) == (other.mentions, other.quotes, other.trend)
        assert one.negative_share.share == pytest.approx(other.negative_share.share)


def test_unknown_things_are_bounded_and_no_mention_is_lost():
    names = [f"{first}{second}" for first in "鲸鲨鲤鲫鳗" for second in "鹤鹰雀鸦鹭鹏"]
    rows = [said(n, f"{name}坏了", [(name, "negative")]) for n, name in enumerate(names * 2)]
    rows += [said(900 + n, "滤网坏了", [("滤网", "negative")]) for n in range(20)]
    told = over_all(rows, unknown_groups=10)
    assert len(told) <= 11
    assert sum(one.mentions for one in told.values()) == len(rows)
    assert told["滤网"].mentions == 20
    assert told["other"].zh == "其他"
    assert not told["other"].known


def test_memory_does_not_grow_with_the_rows():
    summariser = Summariser()
    sizes = []
    for number in range(3000):
        summariser.add(said(number, f"屏幕很好{number}，客服太差{number}"))
        if number in (999, 2999):
            sizes.append(len(pickle.dumps(summariser.summary())))
            tallies = [
                tally
                for gathering in summariser._gathered.values()
                for _, tally in gathering.ranked()
            ]
            assert all(len(tally.days.by_day) <= 30 for tally in tallies)
            assert all(
                len(sample.quotes()) <= 16 for tally in tallies for sample in tally.samples.values()
            )
            assert all(len(tally.terms) <= 128 for tally in tallies)
    assert sizes[1] < 1.2 * sizes[0]


def test_rows_are_read_once_and_not_changed():
    row = said(1)
    before = pickle.dumps(row)
    found = summary(each for each in [row])
    assert pickle.dumps(row) == before
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize("more", [{"spam": True}, {"spam": "1"}, {"role": "agent"}])
def test_spam_and_staff_are_no_customers(more):
    summariser = Summariser()
    assert summariser.add(said(1, **more)) == ()
    assert (summariser.others, summariser.summary()) == (1, ())


@pytest.mark.parametrize(
    ("more", "column"),
    [
        ({"id": None}, "id"),
        ({"id": " "}, "id"),
        ({"targets": "屏幕"}, "targets"),
        ({"targets": [1]}, "targets"),
        ({"targets": [{"span": "屏幕"}]}, "targets"),
        ({"targets": [{"span": "屏幕", "polarity": "好"}]}, "targets"),
        ({"targets": [{"span": None, "polarity": "positive"}]}, "targets"),
        ({"created_at": "2026-01-01"}, "created_at"),
        ({"created_at": "昨天"}, "created_at"),
        ({"likes": "很多"}, "likes"),
        ({"likes": float("inf")}, "likes"),
        ({"complaint": 3}, "complaint"),
    ],
)
def test_a_row_that_breaks_the_contract_is_named_in_both_languages(more, column):
    summariser = Summariser()
    with pytest.raises(OpinionRowError) as refused:
        summariser.add(said(1, **more), 17)
    assert refused.value.column == column
    assert f"row 17: {column} is" in refused.value.text("en")
    assert f"第 17 行：{column} 为" in refused.value.text("zh")
    assert summariser.rows == 0


AWKWARD = {
    "no targets": {"targets": None},
    "empty text": {"masked_text": ""},
    "a target that is not in the text": {"masked_text": "别的话"},
    "a blank target": {"targets": [{"span": "  ", "polarity": "positive"}]},
    "emoji": {"masked_text": "😂👍", "targets": [{"span": "😂", "polarity": "positive"}]},
    "5,000 characters": {"masked_text": "屏幕很好，客服太差。" * 500},
    "one clause of 5,000": {"masked_text": "啊" * 2500 + "屏幕" + "啊" * 2498},
    "NUL": {"masked_text": "屏幕\0很好，客服\0太差"},
    "lone surrogates": {"masked_text": "屏幕\ud800好，客服\udfff差"},
    "a lone surrogate as a target": {"targets": [{"span": "\ud800", "polarity": "neutral"}]},
    "NaN": {"likes": float("nan"), "product": float("nan"), "created_at": float("nan")},
    "likes below nothing": {"likes": -5},
    "markup": {"masked_text": "[bold]屏幕[/bold]客服"},
}


@pytest.mark.parametrize("name", AWKWARD)
@pytest.mark.parametrize("weight", ["one", "likes"])
def test_awkward_rows_are_counted_sensibly(name, weight):
    row = said(1) | AWKWARD[name]
    told = over_all([row], weight=weight)
    assert sum(one.share for one in told.values()) == pytest.approx(1.0 if told else 0.0)
    for one in told.values():
        assert one.mentions == 1
        assert all(len(quote.text) <= 60 for _, quote in one.quotes)
        assert one.as_row()["aspect"] == one.aspect


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("recent_days", 0),
        ("quotes", -1),
        ("quotes", True),
        ("quote_length", 5),
        ("quote_length", "60"),
        ("unknown_groups", 1),
        ("weight", "money"),
        ("as_of", datetime(2026, 1, 1)),  # noqa: DTZ001 - that is what is refused
    ],
)
def test_a_setting_outside_its_limits_is_refused(name, value):
    with pytest.raises(OpinionSettingsError) as refused:
        OpinionSettings(**{name: value})
    assert refused.value.text("en").startswith(f"{name} is")
    assert refused.value.text("zh").startswith(f"{name} 为")
