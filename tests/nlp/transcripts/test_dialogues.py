"""Hand-written dialogues and what must be heard in each."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from nlp.transcripts import Reading, dialogues_from_rows, read_dialogues

BEGUN = datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
LABELS = {"-": ("negative", 0.9, 0.02), "0": ("neutral", 0.1, 0.1), "+": ("positive", 0.03, 0.9)}

# minutes since the beginning, speaker, sentiment, intents, categories, severity, text
NEVER_ANSWERED = (
    (0, "c", "-", "complaint request", "aftersales", 2, "扫地机退回去九天了，退款怎么还没有到"),
    (3, "a", "0", "", "", 0, "亲，非常抱歉给您带来不便，请您耐心等待哦~"),
    (4, "c", "-", "complaint inquiry", "aftersales", 2, "等了九天了，到底哪天能退"),
    (31, "a", "0", "", "", 0, "您好，这边会尽快为您处理的呢"),
    (32, "c", "-", "complaint escalation", "aftersales", 3, "再不退我就去12315"),
)
RECOVERY = (
    (0, "c", "-", "complaint", "packaging", 2, "收到的台灯少了灯罩"),
    (1, "a", "0", "", "", 0, "您好，请问外箱有没有破损？"),
    (2, "c", "-", "complaint", "packaging", 2, "箱子好好的，就是没装，害我白拆一遍"),
    (4, "a", "0", "", "", 0, "灯罩今天下午顺丰补寄，另外给您退十元。"),
    (6, "c", "+", "praise", "", 0, "这么痛快，那谢谢你"),
    (7, "c", "+", "praise", "", 0, "服务真不错"),
)
FIRST_CONTACT = (
    (0, "c", "-", "complaint", "quality", 2, "净水器滤芯接口一直漏水"),
    (2, "a", "0", "", "", 0, "请把接口拧紧到底再试一次。"),
    (5, "c", "0", "", "", 0, "好的我试试"),
)
SECOND_CONTACT = (
    (0, "c", "-", "complaint", "quality", 2, "滤芯接口还是漏水，拧紧也没用，上次找你们说拧一下"),
    (1, "a", "0", "", "", 0, "那给您安排师傅周六上门更换接口。"),
    (2, "c", "0", "", "", 0, "行"),
)
BREAKS = (
    (0, "c", "0", "inquiry", "", 0, "请问这台咖啡机保修几年"),
    (1, "a", "0", "", "", 0, "两年。"),
    (2, "c", "+", "praise", "", 0, "不错"),
    (3, "a", "0", "", "", 0, "不过您这台是样机，只保三个月。"),
    (4, "c", "-", "complaint", "mismatch", 1, "买的时候怎么没人说是样机"),
    (5, "a", "0", "", "", 0, "页面底部小字有写。"),
    (6, "c", "-", "complaint churn", "mismatch", 2, "糊弄人，以后再也不来你们店了"),
)
ONLY_AGENT = ((0, "a", "0", "", "", 0, "您好，有什么可以帮您？"),)


def rows(
    session: str, script: Sequence[tuple], day: float = 0, customer: str | None = "c1", **changes
) -> list[dict[str, object]]:
    """Return a script as rows of the signals table."""
    found = []
    for number, (minutes, who, mark, intents, complaint, severity, text) in enumerate(script, 1):
        sentiment, p_negative, p_positive = LABELS[mark]
        found.append(
            {
                "id": f"{session}-{number}",
                "session_id": session,
                "turn": number,
                "role": {"c": "customer", "a": "agent"}[who],
                "created_at": BEGUN + timedelta(days=day, minutes=minutes),
                "customer_id": customer,
                "product": None,
                "sentiment": sentiment,
                "p_negative": p_negative,
                "p_positive": p_positive,
                "intents": intents.split(),
                "complaint": complaint.split(),
                "severity": severity,
                "masked_text": text,
                "evidence": [],
                "keyphrases": [],
                **changes,
            }
        )
    return found


def reading(script: Sequence[tuple]) -> Reading:
    (found,) = read_dialogues(dialogues_from_rows(rows("s", script)))
    return found


def test_a_request_that_is_never_answered():
    found = reading(NEVER_ANSWERED)
    assert [(one.turn, one.kind, one.turns) for one in found.unanswered] == [
        (1, "filler", (1, 2, 4)),
        (3, "filler", (3, 4)),
    ]
    assert found.resolution.state == "open"
    assert found.resolution.turns == (1, 3)
    assert found.escalation.in_words
    assert 5 in found.escalation.turns
    assert found.satisfaction.verdict == "unsatisfied"
    assert found.waits.longest_s == 27 * 60
    assert found.waits.turns == (3, 4)
    assert found.waits.first_s == 180


def test_a_recovery():
    found = reading(RECOVERY)
    (point,) = found.turning
    assert (point.kind, point.turn, point.after_agent) == ("recovered", 5, 4)
    assert point.words == ("这么痛快，那谢谢你",)
    assert (found.path.shape, found.resolution.state) == ("rising", "resolved")
    assert found.unanswered == ()
    assert not found.escalation.escalated
    unsatisfied = reading(NEVER_ANSWERED).satisfaction.probabilities["unsatisfied"]
    assert found.satisfaction.probabilities["unsatisfied"] < unsatisfied


@pytest.mark.parametrize(
    ("day", "customer", "earlier"),
    [
        pytest.param(3, "c1", ["first"], id="within the days"),
        pytest.param(7.5, "c1", [], id="later than that"),
        pytest.param(3, "c2", [], id="another customer"),
        pytest.param(3, None, [], id="customer unknown"),
    ],
)
def test_a_repeated_contact(day, customer, earlier):
    table = rows("first", FIRST_CONTACT) + rows("second", SECOND_CONTACT, day, customer)
    first, second = read_dialogues(dialogues_from_rows(table))
    assert not first.contact.repeated
    assert [one.session_id for one in second.contact.earlier] == earlier
    assert second.contact.said
    assert 1 in second.contact.turns
    for one in second.contact.earlier:
        assert (one.days, one.categories, one.turns) == (3.0, ("quality",), (1,))


def test_another_problem_of_the_same_customer_is_no_repeated_contact():
    table = rows("first", FIRST_CONTACT) + rows("second", RECOVERY, 1)
    assert not read_dialogues(dialogues_from_rows(table))[1].contact.repeated


def test_the_same_words_about_another_product_are_no_repeated_contact():
    table = rows("first", FIRST_CONTACT, product="净水器A") + rows(
        "second", FIRST_CONTACT, 1, product="净水器B"
    )
    assert not read_dialogues(dialogues_from_rows(table))[1].contact.repeated


def test_a_dialogue_that_breaks():
    found = reading(BREAKS)
    (point,) = found.turning
    assert (point.kind, point.turn, point.after_agent) == ("broke", 5, 4)
    assert point.before > 0 > point.after
    assert found.path.shape == "falling"
    assert found.escalation.in_words
    assert found.escalation.in_course
    assert found.escalation.turns == (1, 7)
    assert found.resolution.state == "open"
    assert found.categories == ("mismatch",)
    assert found.severity == 2


def test_the_worst_comes_first():
    asked = ((0, "c", "0", "inquiry", "", 0, "请问几点关门"),)
    scripts = {"good": RECOVERY, "threat": NEVER_ANSWERED, "asked": asked}
    table = [row for name, script in scripts.items() for row in rows(name, script)]
    found = read_dialogues(dialogues_from_rows(table))
    ranked = sorted(found, key=lambda one: one.concern, reverse=True)
    assert [one.dialogue.id for one in ranked] == ["threat", "asked", "good"]


def test_without_a_customer_nothing_is_claimed():
    found = reading(ONLY_AGENT)
    assert found.satisfaction.verdict is None
    assert found.as_row()["p_unsatisfied"] is None
    assert found.resolution.state == "unknown"
    assert found.path.shape == "unknown"
    assert found.turning == ()
    assert found.unanswered == ()
    assert found.waits.longest_s is None


@pytest.mark.parametrize(
    "script", [NEVER_ANSWERED, RECOVERY, SECOND_CONTACT, BREAKS, ONLY_AGENT], ids=str
)
def test_every_verdict_has_reasons_and_its_turns_exist(script):
    found = reading(script)
    numbers = {turn.number for turn in found.dialogue.turns}
    told = list(found.reasons())
    assert {"satisfaction", "resolution", "path", "waits"} <= {name for name, _, _ in told}
    for name, turns, reason in told:
        assert set(turns) <= numbers, name
        assert reason.en
        assert reason.zh
        assert reason.en != reason.zh


def test_the_order_of_the_rows_does_not_matter():
    table = rows("s", BREAKS)
    assert dialogues_from_rows(reversed(table)) == dialogues_from_rows(table)
    unnumbered = [{**row, "turn": None} for row in table]
    assert dialogues_from_rows(reversed(unnumbered)) == dialogues_from_rows(table)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"created_at": BEGUN}, "no times of their own", id="one time for all"),
        pytest.param({"created_at": None}, "no times of their own", id="no time"),
    ],
)
def test_without_times_no_wait_is_claimed(change, reason):
    (found,) = read_dialogues(dialogues_from_rows(rows("s", BREAKS, **change)))
    assert found.waits.longest_s is None
    assert reason in found.waits.reasons[0].en


def test_times_against_the_order_give_no_wait():
    table = rows("s", BREAKS)
    table[2]["created_at"], table[3]["created_at"] = table[3]["created_at"], table[2]["created_at"]
    (found,) = read_dialogues(dialogues_from_rows(table))
    assert found.waits.longest_s is None
    assert "contradict" in found.waits.reasons[0].en
