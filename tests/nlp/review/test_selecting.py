"""Which texts are picked, for what, and that the draw is fair, spread and repeatable."""

import random
from collections import Counter

import pytest

from nlp.review import REASONS, ReviewSettingsError, Selection, population, quotas, select
from nlp.review.contradictions import contradictions, rating_scale
from nlp.review.drift import drifted
from nlp.review.duplicates import read_differently
from nlp.text import duplicate_groups
from tests.nlp.review.rows import candidate, row, sure

PLACES = ("水壶", "风扇", "台灯", "牙刷", "坚果")
THINGS = ("包装", "颜色", "电源线", "说明书", "底座", "开关", "把手", "声音", "重量", "味道")


def many(count=400, seed=1):
    """Return rows of every kind: sure and unsure, contradicting, rare, from five products."""
    source = random.Random(seed)
    rows = []
    for number in range(count):
        text = "".join(source.choice(THINGS) for _ in range(6)) + f"，编号{number}的记录"
        share = source.uniform(0.36, 0.98)
        name = source.choice(("negative", "neutral", "positive"))
        intents = ["praise"] if name == "negative" and number % 9 == 0 else []
        if number in (7, 77):
            intents = ["churn"]
        changes = sure(name, share) | {"abstained": share < 0.55, "intents": intents}
        rows.append(row(number, masked_text=text, product=PLACES[number % 5], **changes))
    return rows


def picked(rows, **settings):
    return select(population(rows).candidates, Selection(**settings))


@pytest.mark.parametrize("count", [1, 2, 7, 50, 300, 1000])
def test_shares_sum_to_the_count(count):
    assert sum(quotas(count).values()) == count
    assert sum(reason.share for reason in REASONS.values()) == pytest.approx(1)


def test_every_reason_gets_its_share_and_says_why():
    tasks = picked(many(), count=50)
    counts = Counter(task.picked_for for task in tasks)
    asked = quotas(50)
    assert len(tasks) == len({task.candidate.key for task in tasks}) == 50
    assert {name: counts[name] for name in ("random", "disagreement", "abstained")} == {
        name: asked[name] for name in ("random", "disagreement", "abstained")
    }
    assert counts["drift"] == 0
    assert counts["rare"] == 2
    assert counts["low_confidence"] == 50 - sum(
        counts[name] for name in counts if name != "low_confidence"
    )
    for task in tasks:
        name, why = task.reasons[0]
        assert name == task.picked_for
        assert why.en
        assert why.zh


def test_the_reason_holds_for_what_was_picked():
    for task in picked(many(), count=50):
        one = task.candidate
        if task.picked_for == "abstained":
            assert one.left_open
        if task.picked_for == "low_confidence":
            assert not one.left_open
            assert one.margin < 0.6
        if task.picked_for == "rare":
            assert one.labels.intents == ("churn",)


def test_the_same_seed_gives_the_same_tasks_in_any_order_of_the_rows():
    rows = many()
    shuffled = random.Random(5).sample(rows, len(rows))
    first = [(task.candidate.id, task.picked_for) for task in picked(rows, seed=3)]
    again = [(task.candidate.id, task.picked_for) for task in picked(shuffled, seed=3)]
    other = [(task.candidate.id, task.picked_for) for task in picked(rows, seed=4)]
    assert first == again
    assert first != other


def test_the_random_share_is_a_fair_draw():
    """Over many seeds, hard and easy texts are drawn as often as they occur."""
    rows = many(200)
    hard = {f"s{number}" for number, one in enumerate(rows) if one["abstained"]}
    drawn = [
        task.candidate.id in hard
        for seed in range(60)
        for task in picked(rows, count=20, seed=seed)
        if task.picked_for == "random"
    ]
    expected = len(hard) / 200
    error = (expected * (1 - expected) / len(drawn)) ** 0.5
    assert abs(sum(drawn) / len(drawn) - expected) < 4 * error


def test_near_duplicates_beyond_the_random_share_are_shown_once():
    copies = [
        row(n, masked_text=f"这款水壶用了三天就漏水，客服一直不理人{n}", **sure("negative", 0.56))
        for n in range(40)
    ]
    tasks = picked([*copies, *many(100)], count=50)
    shown = [t for t in tasks if "漏水" in t.candidate.text and t.picked_for != "random"]
    assert len(shown) <= 1


def test_tasks_are_spread_over_products():
    rows = [
        row(n, masked_text=f"{THINGS[n % 10]}{n}好像可以", product=name, **sure("neutral", share))
        for n, (name, share) in enumerate(
            [("水壶", 0.5 + n / 1000) for n in range(30)] + [("风扇", 0.6)] * 5
        )
    ]
    tasks = [t for t in picked(rows, count=20) if t.picked_for == "low_confidence"]
    assert Counter(task.candidate.product for task in tasks)["风扇"] >= 4


def test_a_small_file_is_taken_whole():
    assert len(picked(many(12), count=50)) == 12
    assert picked([], count=50) == ()


@pytest.mark.parametrize("count", [0, -3, 1001])
def test_a_count_outside_the_limits_is_refused(count):
    with pytest.raises(ReviewSettingsError, match="1 to 1,000") as caught:
        Selection(count)
    assert str(count) in caught.value.text("zh")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param(sure("negative") | {"intents": ["praise"]}, "no complaint", id="praise"),
        pytest.param(
            sure("positive") | {"intents": ["complaint"], "complaint": ["price"], "severity": 1},
            "without praise",
            id="happy complaint",
        ),
        pytest.param(sure("positive") | {"severity": 3}, "severity 2 or 3", id="severe and happy"),
        pytest.param(
            sure("negative") | {"intents": ["complaint"], "complaint": ["price"]},
            "severity 0",
            id="harmless complaint",
        ),
        pytest.param(sure("negative") | {"severity": 3}, "without any intent", id="critical"),
        pytest.param(
            sure("negative") | {"targets": [{"span": "水壶", "polarity": "positive"}]},
            "every target",
            id="targets",
        ),
        pytest.param(sure("positive") | {"rating": 1.0}, "rated 1/5", id="low rating"),
        pytest.param(sure("negative") | {"rating": 5.0}, "rated 5/5", id="high rating"),
    ],
)
def test_a_contradiction_is_found_and_told(changes, told):
    (found,) = contradictions([candidate(0, **changes)])
    assert told in found.why.en
    assert found.why.zh


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="neutral"),
        pytest.param(
            sure("positive")
            | {"intents": ["praise", "complaint"], "complaint": ["price"], "severity": 1},
            id="a flaw inside praise is no contradiction by the guide",
        ),
        pytest.param(sure("negative") | {"rating": 3.0}, id="middle rating"),
    ],
)
def test_what_the_guide_allows_is_no_contradiction(changes):
    assert contradictions([candidate(0, **changes)]) == []


def test_ratings_are_read_on_the_scale_that_the_file_uses():
    assert rating_scale([7.0, 1.0]) == 10.0
    assert rating_scale([900.0]) is None
    ten = [candidate(0, **sure("positive"), rating=4.0), candidate(1, rating=9.0)]
    assert "rated 4/10" in contradictions(ten)[0].why.en


def test_near_duplicates_read_differently_name_each_other():
    same = "这款水壶用了三天就漏水，客服一直不理人"
    rows = [
        row(1, masked_text=same + "！", **sure("negative")),
        row(2, masked_text=same + "哦", **sure("positive")),
    ]
    found = population(rows).candidates
    groups = duplicate_groups(one.text for one in found)
    assert [finding.why.en for finding in read_differently(found, groups)] == [
        "negative, but the near-duplicate s2 is positive",
        "positive, but the near-duplicate s1 is negative",
    ]


def weeks(words, count=160, seed=2):
    source = random.Random(seed)
    texts = ["".join(source.choice(THINGS) for _ in range(4)) + "还可以" for _ in range(count)]
    return [
        row(n, masked_text=text + (words if n > count * 0.8 else "") + f"第{n}次")
        for n, text in enumerate(texts)
    ]


def test_words_that_came_up_lately_are_drift():
    found = drifted(population(weeks("，充电桩自燃")).candidates)
    assert len(found) == 31
    assert all("充电桩" in one.why.zh or "自燃" in one.why.zh for one in found)
    assert "since 2026-03" in found[0].why.en


def test_without_drift_nothing_is_drift():
    assert sum(len(drifted(population(weeks("", seed=s)).candidates)) for s in range(5)) == 0


def test_drift_needs_times_and_texts_enough():
    untimed = [one | {"created_at": None} for one in weeks("，充电桩自燃")]
    assert drifted(population(untimed).candidates) == []
    assert drifted(population(weeks("，充电桩自燃", count=40)).candidates) == []


def test_spam_staff_blank_repeated_and_decided_texts_are_left_out():
    rows = [
        row(1),
        row(1, id="again"),
        row(2, spam=True),
        row(3, role="agent"),
        row(4, masked_text=" \n"),
        row(5, masked_text=None),
        row(6),
    ]
    known = candidate(6).key
    found = population(rows, {known})
    assert [one.id for one in found.candidates] == ["s1"]
    assert (found.decided, found.repeated, found.others) == (1, 1, 4)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("😂😭👨‍👩‍👧", id="emoji only"),
        pytest.param("物流太慢，" * 1000, id="5,000 characters"),
        pytest.param("很\x00好\x00", id="NUL"),
        pytest.param("好\ud800的\udfff", id="lone surrogates"),
    ],
)
def test_awkward_texts_are_picked_like_others(text):
    (task,) = picked([row(0, masked_text=text)], count=1)
    assert task.candidate.text == text
