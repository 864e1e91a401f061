"""Published check values of the intervals."""

import pytest

from nlp.opinions.intervals import change, effective_size, wilson

# Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3.
WILSON = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0, 0.1611),
    (1, 29, 0.0061, 0.1718),
]
# Newcombe (1998), Statistics in Medicine 17, 873-890, table II, method 10.
NEWCOMBE = [
    (56, 70, 48, 80, 0.0524, 0.3339),
    (9, 10, 3, 10, 0.1705, 0.8090),
    (6, 7, 2, 7, 0.0582, 0.8062),
    (5, 56, 0, 29, -0.0381, 0.1926),
    (0, 10, 0, 20, -0.1611, 0.2775),
    (0, 10, 0, 10, -0.2775, 0.2775),
    (10, 10, 0, 20, 0.6791, 1.0),
    (10, 10, 0, 10, 0.6075, 1.0),
]


@pytest.mark.parametrize(("hits", "size", "low", "high"), WILSON)
def test_wilson(hits, size, low, high):
    told = wilson(hits / size, size)
    assert (told.low, told.high) == pytest.approx((low, high), abs=6e-5)


@pytest.mark.parametrize(("a", "m", "b", "n", "low", "high"), NEWCOMBE)
def test_newcombe(a, m, b, n, low, high):
    told = change(wilson(a / m, m), wilson(b / n, n))
    assert (told.low, told.high) == pytest.approx((low, high), abs=6e-5)


def test_of_nothing_nothing_is_known():
    assert wilson(0.0, 0.0).high == 1.0
    assert effective_size(0.0, 0.0) == 0.0


def test_equal_weights_count_as_they_are():
    assert effective_size(20.0, 40.0) == pytest.approx(10.0)
