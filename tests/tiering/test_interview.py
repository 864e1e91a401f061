"""Interview samples: by tier, the same customers when others join, nobody asked too often."""

from datetime import date

import pytest

from tiering.errors import LiftError
from tiering.interview import interview_sample, lot_of

DAY = date(2026, 6, 30)
TIERS = {f"c{n}": "core" if n % 3 == 0 else "basic" for n in range(900)}


def drawn(tiers: dict[str, str], **options) -> set[str]:
    given = {"seed": "q2", "on": DAY} | options
    return {who.customer_id for tier in interview_sample(tiers, **given) for who in tier.invited}


def test_so_many_of_each_tier() -> None:
    found = interview_sample(TIERS | {"vip": "strategic"}, seed="q2", on=DAY, number=5)
    assert [(t.tier, t.customers, len(t.invited)) for t in found] == [
        ("basic", 600, 5),
        ("core", 300, 5),
        ("strategic", 1, 1),
    ]
    assert [who.place for who in found[0].invited] == [1, 2, 3, 4, 5]
    assert "600 位中抽取 5 位" in found[0].reason().zh


def test_a_share_stays_whoever_joins_or_leaves() -> None:
    before = drawn(TIERS, share=0.1)
    more = TIERS | {f"new{n}": "core" for n in range(500)}
    assert drawn(more, share=0.1) & set(TIERS) == before
    half = {who: tier for n, (who, tier) in enumerate(TIERS.items()) if n % 2}
    assert drawn(half, share=0.1) == before & set(half)


def test_of_one_who_joins_at_most_one_gives_way() -> None:
    before = drawn(TIERS, number=20)
    for n in range(200):
        assert len(before - drawn(TIERS | {f"new{n}": "core"}, number=20)) <= 1


def test_order_of_rows_does_not_matter_and_another_seed_does() -> None:
    backwards = dict(reversed(TIERS.items()))
    assert drawn(backwards, number=9) == drawn(TIERS, number=9)
    assert drawn(TIERS, number=9, seed="q3") != drawn(TIERS, number=9)


def test_lots_are_even() -> None:
    lots = [lot_of("s", str(n)) for n in range(20_000)]
    tenths = [sum(int(lot * 10) == tenth for lot in lots) for tenth in range(10)]
    assert sum(tenths) == 20_000
    # chi-square of 9 degrees of freedom: 27.9 is crossed once in a thousand
    assert sum((count - 2000) ** 2 / 2000 for count in tenths) < 27.9


LATELY = {
    "yesterday": (date(2026, 6, 29), 1, True),
    "the last day of rest": (date(2026, 6, 21), 10, True),
    "rested": (date(2026, 6, 20), 10, False),
    "by a clock that is ahead": (date(2026, 7, 2), 10, True),
    "no rest asked": (DAY, 0, False),
}


@pytest.mark.parametrize("case", LATELY)
def test_who_was_interviewed_lately(case: str) -> None:
    day, rest, rests = LATELY[case]
    (found,) = interview_sample(
        {"c1": "core"},
        seed="q2",
        on=DAY,
        number=1,
        interviewed={"c1": day, "other": DAY},
        rest_days=max(rest, 0) if "yesterday" not in case else 2,
    )
    assert (found.resting, len(found.invited)) == ((1, 0) if rests else (0, 1))


BAD = [
    ({}, "either"),
    ({"number": 1, "share": 0.1}, "either"),
    ({"number": 0}, "number 0"),
    ({"share": 1.5}, "share 1.5"),
    ({"number": 1, "rest_days": -1}, "-1 days"),
]


@pytest.mark.parametrize(("options", "said"), BAD, ids=str)
def test_samples_that_make_no_sense(options: dict, said: str) -> None:
    with pytest.raises(LiftError, match=said):
        drawn(TIERS, **options)


def test_nobody() -> None:
    assert interview_sample({}, seed="q2", on=DAY, number=3) == []
