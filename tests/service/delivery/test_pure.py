"""The pure parts of delivery: tables of facts."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from nlp.message import Message
from service.delivery import dingtalk, feishu, webhook, wecom
from service.delivery.backoff import SCHEDULE, rest_after, wait_before
from service.delivery.channels import CHANNELS, channel
from service.delivery.gathering import how_many
from service.delivery.happened import Happened
from service.delivery.letters import Letter, Part, Style
from service.delivery.messages import body, plain, title
from service.delivery.quiet_hours import QuietHours, quiet_until
from service.delivery.rates import Limit, free_at, room
from service.delivery.robots import json_size
from service.delivery.signing import dingtalk_signature, feishu_signature, webhook_headers
from service.delivery.splitting import byte_length, split
from service.errors import InputError

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
ZH, EN = Style("zh", SHANGHAI), Style("en", SHANGHAI)


def event(**values: object) -> Happened:
    usual = Happened(
        number=1,
        event="raised",
        at=NOW,
        alert_id="3f0c9a1e",
        fingerprint="print",
        incident=1,
        product="养生壶",
        category="safety",
        state="firing",
        version=1,
        level=2,
        severity=3,
        observed=40,
        expected=2.5,
        upper=9,
        p=1e-9,
        onset=NOW - timedelta(hours=1),
        until=NOW,
        raised_at=NOW,
        who="tingyin",
        note=None,
        suspected_coordination=False,
        keyphrases=("烫手",),
        quotes=(("p-1", "壶把太烫"),),
        reasons=(Message("40 where 2.5 are expected", "40 条，预期 2.5 条"),),
        evidence=("p-1", "p-2"),
        evidence_count=40,
    )
    return replace(usual, **values)


def test_the_published_example_of_standard_webhooks() -> None:
    """Source: the test of the reference libraries, github.com/standard-webhooks."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    headers = webhook_headers(
        '{"test": 2432232314}',
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        [secret],
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-timestamp"] == "1614265330"


def test_signatures_worked_out_by_openssl() -> None:
    """Source: `printf '' | openssl dgst -sha256 -hmac $'1599360473\\nsecret' -binary | base64`."""
    assert feishu_signature("secret", 1599360473) == FEISHU
    assert dingtalk_signature("secret", 1599360473000) == DINGTALK


FEISHU = "q4jswNiMy51J5JuQV566yJat0/lQ/c+22kINzUgKsGU="
DINGTALK = "h/3f4uEADBeKkVuXX2NS1pXSEqARbYb1RV0kmXPBfn0="

NIGHT = QuietHours(SHANGHAI, time(22), time(8))
LUNCH = QuietHours(SHANGHAI, time(12), time(13))
FEISHU_NIGHT = replace(NIGHT, linger=timedelta(seconds=90))
WEEKEND = QuietHours(SHANGHAI, time(0), time(0), frozenset({6, 7}))
SPRING = QuietHours(ZoneInfo("Europe/Berlin"), time(1), time(4))


@pytest.mark.parametrize(
    ("quiet", "moment", "until"),
    [
        (None, "2026-11-26T23:00+08:00", None),
        (NIGHT, "2026-11-26T21:59:59+08:00", None),
        (NIGHT, "2026-11-26T22:00+08:00", "2026-11-27T08:00+08:00"),
        (NIGHT, "2026-11-27T03:00+08:00", "2026-11-27T08:00+08:00"),
        (NIGHT, "2026-11-26T19:00+00:00", "2026-11-27T08:00+08:00"),
        (NIGHT, "2026-11-27T08:00+08:00", None),
        (FEISHU_NIGHT, "2026-11-27T03:00+08:00", "2026-11-27T08:01:30+08:00"),
        (FEISHU_NIGHT, "2026-11-27T08:00:30+08:00", "2026-11-27T08:01:30+08:00"),
        (FEISHU_NIGHT, "2026-11-27T08:01:30+08:00", None),
        (LUNCH, "2026-11-26T12:30+08:00", "2026-11-26T13:00+08:00"),
        (LUNCH, "2026-11-26T13:00+08:00", None),
        (WEEKEND, "2026-11-27T23:59+08:00", None),
        (WEEKEND, "2026-11-28T00:00+08:00", "2026-11-30T00:00+08:00"),
        (WEEKEND, "2026-11-29T10:00+08:00", "2026-11-30T00:00+08:00"),
        (SPRING, "2026-03-29T01:30+01:00", "2026-03-29T04:00+02:00"),
        (SPRING, "2026-10-25T03:30+01:00", "2026-10-25T04:00+01:00"),
    ],
    ids=[
        "none",
        "before",
        "begins",
        "after midnight",
        "another zone",
        "ends",
        "not at the full hour",
        "in the rush",
        "after the rush",
        "in one day",
        "its end",
        "friday",
        "weekend as one",
        "sunday",
        "the hour that is left out",
        "the hour that comes twice",
    ],
)
def test_quiet_hours(quiet, moment: str, until: str | None) -> None:
    found = quiet_until(quiet, 2, datetime.fromisoformat(moment))
    assert found == (None if until is None else datetime.fromisoformat(until))


@pytest.mark.parametrize(("level", "passes", "held"), [(1, True, 0), (1, False, 1), (2, True, 1)])
def test_level_one_passes_where_it_may(level: int, passes: bool, held: int) -> None:
    night = replace(NIGHT, level_one_passes=passes)
    moment = datetime.fromisoformat("2026-11-26T23:00+08:00")
    assert (quiet_until(night, level, moment) is not None) == bool(held)


def test_waits_are_those_of_the_standard_with_a_tenth_of_chance() -> None:
    seconds = [wait.total_seconds() for wait in SCHEDULE]
    assert seconds == [0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    assert [wait_before(n, 0.5) for n in range(1, 10)] == list(SCHEDULE[1:])
    assert wait_before(10, 0.5) is None
    assert wait_before(1, 0.0) == timedelta(seconds=4.5)
    assert wait_before(1, 0.5, timedelta(minutes=1)) == timedelta(minutes=1)
    assert wait_before(1, 0.5, timedelta(days=99)) == timedelta(days=1)
    assert [rest_after(n, 0.5).total_seconds() for n in (1, 2, 7, 99)] == [5, 10, 300, 300]


MINUTE = Limit(3, timedelta(minutes=1))
SECOND = Limit(1, timedelta(seconds=1))


@pytest.mark.parametrize(
    ("ago", "limits", "left", "wait"),
    [
        ([], [], None, 0),
        ([], [MINUTE], 3, 0),
        ([50, 40], [MINUTE], 1, 0),
        ([50, 40, 10], [MINUTE], 0, 10),
        ([60, 40, 10], [MINUTE], 1, 0),
        ([50, 40, 10, 5], [MINUTE], 0, 20),
        ([0.5], [MINUTE, SECOND], 0, 0.5),
        ([50, 40, 0.5], [MINUTE, SECOND], 0, 10),
    ],
)
def test_rooms(ago, limits, left, wait) -> None:
    sent = [NOW - timedelta(seconds=each) for each in ago]
    assert room(sent, limits, NOW) == left
    assert free_at(sent, limits, NOW) == NOW + timedelta(seconds=wait)


@pytest.mark.parametrize(
    ("waiting", "free", "window", "fitting", "count"),
    [
        (1, 0, 600, 9, 1),
        (5, None, 0, 9, 1),
        (5, 20, 0, 9, 1),
        (5, 5, 0, 9, 1),
        (6, 5, 0, 9, 6),
        (60, 20, 0, 9, 9),
        (5, None, 600, 9, 5),
        (60, 20, 0, 0, 1),
    ],
)
def test_how_many_events_become_one_message(waiting, free, window, fitting, count) -> None:
    assert how_many(waiting, free, window, lambda n: n <= fitting) == count


@given(st.text(max_size=300), st.integers(4, 60))
def test_split_loses_nothing_and_cuts_no_character(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(byte_length(part) <= limit for part in parts)
    assert "".join(parts).replace("\n", "") == text.replace("\n", "")


@given(st.text(max_size=300), st.integers(16, 60))
def test_split_counts_the_escapes_of_json(text: str, limit: int) -> None:
    assert all(json_size(part) <= limit for part in split(text, limit, json_size))


def test_a_character_larger_than_the_limit_is_told() -> None:
    with pytest.raises(ValueError, match="one character"):
        split("听", 2)


GLITTER = '😀听"\\\n<@all>' * 40
HUGE = {
    "product": GLITTER * 3,
    "note": GLITTER,
    "quotes": tuple((GLITTER, GLITTER) for _ in range(3)),
    "reasons": tuple(Message(GLITTER, GLITTER) for _ in range(6)),
    "evidence": tuple(f"{n}{GLITTER}"[:200] for n in range(20)),
    "keyphrases": (GLITTER,) * 10,
}


@pytest.mark.parametrize("kind", CHANNELS)
@pytest.mark.parametrize("style", [ZH, EN, replace(ZH, format="alertmanager")])
@pytest.mark.parametrize("count", [1, 2, 100])
def test_every_part_is_within_the_size_of_its_channel(kind, style, count) -> None:
    largest = {"webhook": 19_999, "feishu": 20_000, "dingtalk": 20_000, "wecom": 10**9}
    for part in channel(kind).parts([event(number=n, **HUGE) for n in range(count)], style):
        letter = Letter(kind, "msg_1", part, NOW, "https://h/", ("whsec_c2VjcmV0c2VjcmV0",))
        if CHANNELS[kind].request is None:
            continue
        request = CHANNELS[kind].request(letter)
        assert len(request.body) <= largest[kind], kind
        if kind == "wecom":
            import json

            content = json.loads(request.body)["markdown"]["content"]
            assert len(content.encode()) <= 4096


def test_the_smallest_form_of_a_webhook_still_says_which_alert() -> None:
    import json

    (part,) = webhook.parts([event(**HUGE)], ZH)
    assert json.loads(part.text)["data"]["alert_id"] == "3f0c9a1e"


@pytest.mark.parametrize("style", [ZH, EN], ids=["zh", "en"])
@pytest.mark.parametrize("name", ["raised", "regressed", "resolved", "escalated", "warned", "new"])
def test_a_message_says_level_product_figures_and_proof(style: Style, name: str) -> None:
    one = [event(event=name)]
    text = f"{title(one, style.language)}\n{body(one, style)}"
    for fact in ("II", "养生壶", "40", "2.5", "9", "p-1", "/v1/alerts/3f0c9a1e", "19:00", "20:00"):
        assert fact in text, fact


def test_several_are_named_one_by_one_and_the_gravest_leads() -> None:
    events = [event(number=n, product=f"产品{n}", level=4 - n) for n in range(3)]
    assert "产品2" in title(events, "zh")
    assert all(f"产品{n}" in body(events, ZH) for n in range(3))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('<at user_id="all">', '＜at user_id="all"＞'),
        ("@所有人 *粗* `码`", "＠所有人 ＊粗＊ ｀码｀"),
        ("一\n## 二\r\n", "一 ## 二"),
        ("\u202e倒", "倒"),
        ("", ""),
    ],
)
def test_what_customers_write_takes_no_effect(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_an_unknown_channel_is_told_with_the_known() -> None:
    with pytest.raises(InputError, match="known are webhook"):
        channel("fax")


@pytest.mark.parametrize("module", [feishu, dingtalk, wecom])
def test_nothing_of_a_secret_is_shown(module) -> None:
    letter = Letter("feishu", "m", Part("t", "x"), NOW, "https://h/very-secret", ("hidden-secret",))
    request = module.request(letter)
    assert "secret" not in f"{letter!r} {request!r}"


def test_a_webhook_is_verified_by_the_library() -> None:
    secret = "whsec_" + "c2VjcmV0" * 4
    (part,) = webhook.parts([event()], ZH)
    letter = Letter("webhook", "msg_1", part, datetime.now(UTC), "https://h/", (secret,))
    request = webhook.request(letter)
    assert Webhook(secret).verify(request.body, request.headers)["type"] == "alert.raised"
