"""Workers killed at any moment: nothing is lost, nothing comes twice but under its own id."""

from tests.benchmarks.killed_workers import run


def test_five_kills(fresh_url: str) -> None:
    outcome = run(fresh_url, kills=5, alerts=20)
    assert outcome.expected == 20 * 3 * 3
    assert (outcome.missing, outcome.twice, outcome.changed) == (0, 0, 0)
    assert outcome.repeated <= 5 * 3
