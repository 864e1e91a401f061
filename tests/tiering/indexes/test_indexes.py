"""The published indexes: check values as printed, hand-computed ones, and figures refused."""

from collections.abc import Callable
from math import e, inf, log, nan

import pytest

from tiering.errors import IndexFigureError
from tiering.indexes import WechatFigures, bci, bvci, wci, wci_v2

# gulangu.com/a/344.html: (5.293637535 + 1.121091671)² x 10
PUBLISHED_V2 = (
    WechatFigures(10_000, likes=4_000),
    WechatFigures(100, likes=40),
    WechatFigures(300, likes=60),
)
NOTHING = WechatFigures(0)


def test_wci_v2_is_the_printed_one() -> None:
    assert wci_v2(*PUBLISHED_V2) == pytest.approx(411.4875, abs=5e-5)


def test_wci_v14_by_its_printed_formula() -> None:
    total, headlines, peak = (
        WechatFigures(70_000, 700, 350, 1_400),
        WechatFigures(35_000, 350, 70, 700),
        WechatFigures(20_000, 90, 40, 300),
    )
    overall = 0.70 * log(10_001) + 0.09 * log(1_001) + 0.06 * log(501) + 0.15 * log(2_001)
    average = 0.70 * log(5_001) + 0.09 * log(501) + 0.06 * log(251) + 0.15 * log(1_001)
    headline = 0.70 * log(5_001) + 0.09 * log(501) + 0.06 * log(101) + 0.15 * log(1_001)
    most = 0.70 * log(20_001) + 0.09 * log(901) + 0.06 * log(401) + 0.15 * log(3_001)
    expected = (0.6 * overall + 0.2 * average + 0.1 * headline + 0.1 * most) ** 2 * 12
    assert wci(total, headlines, peak, days=7, articles=14) == pytest.approx(expected)


def test_wci_v14_weights_add_up_to_one() -> None:
    # Every logarithm is 1, so every part is 1, and the index 1² x 1.2 x 10.
    one = WechatFigures(e - 1, *[(e - 1) / 10] * 3)
    assert wci(one, one, one, days=1, articles=1) == pytest.approx(12)


def test_bci_by_hand() -> None:
    # W1 = ln e = 1; W2 = 0.4 x 2 + 0.4 x 3 + 0.2 x 1 = 2.2: (0.2 + 1.76) x 160
    found = bci(posts=e - 1, reposts=e**2 - 1, comments=e**3 - 1, likes=e - 1)
    assert found == pytest.approx(313.6)


def test_bvci_by_hand() -> None:
    # 0.15 x 1 + 0.25 x 8 + 0.30 x 4 + 0.18 x 10 + 0.12 x 5 = 5.75
    found = bvci(
        videos=e - 1,
        mean_plays=e**8 - 1,
        mean_comments=e**4 - 1,
        followers=e**10 - 1,
        new_followers=e**5 - 1,
    )
    assert found == pytest.approx(575)


BVCI = {"videos": 3, "mean_plays": 5, "mean_comments": 1, "followers": 9}
BCI = {"posts": 1, "reposts": 1, "comments": 1}


def test_lost_followers_are_none_gained() -> None:
    assert bvci(**BVCI, new_followers=-40) == bvci(**BVCI, new_followers=0)


def test_nothing_is_nothing() -> None:
    assert wci(NOTHING, NOTHING, NOTHING, days=1, articles=1) == 0
    assert wci_v2(NOTHING, NOTHING, NOTHING) == 0
    assert bci(posts=0, reposts=0, comments=0, likes=0) == 0


REFUSED: dict[str, tuple[Callable[[], float], str]] = {
    "below 0": (lambda: bci(**BCI, likes=-1), "likes is -1"),
    "not a number": (lambda: bci(**BCI, likes=nan), "likes is nan"),
    "no end": (lambda: bvci(**BVCI, new_followers=-inf), "new_followers is inf"),
    "no day": (lambda: wci(NOTHING, NOTHING, NOTHING, days=0, articles=1), "days is 0"),
    "no article": (lambda: wci(NOTHING, NOTHING, NOTHING, days=1, articles=0), "articles is 0"),
    "reads": (lambda: wci_v2(WechatFigures(-1), NOTHING, NOTHING), "reads is -1"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_figures_that_cannot_be(case: str) -> None:
    compute, said = REFUSED[case]
    with pytest.raises(IndexFigureError, match=said) as caught:
        compute()
    assert "须为" in caught.value.text("zh")
