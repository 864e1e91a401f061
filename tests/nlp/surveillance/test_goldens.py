"""EARS, Farrington and CDC say what R `surveillance` says of its weekly salmonella counts.

The training weeks of the series hold no outbreak cases.
"""

import pytest

from nlp.surveillance import Detector, Sensitivity, detector
from tests.nlp.surveillance.oracle import NEEDED, alarms, weeks

pytestmark = NEEDED

WEEKS = 105
GOLDENS = {
    "cdc": ("CDC_pred.csv", 0.0005, 5),
    "ears-c1": ("EarsC1_pred.csv", 0.001, 5),
    "ears-c2": ("EarsC2_pred.csv", 0.001, 7),
    "ears-c3": ("EarsC3_pred.csv", 0.001, 6),
    "farrington": ("Farrington_pred.csv", 0.005, 9),
    "farrington-flexible": ("FarringtonFlexible_pred.csv", 0.01, 10),
}
"""File, false-alarm rate of its one-sided limit, number of alarms in it."""


def differing(chosen: Detector, name: str) -> list[tuple[str, bool]]:
    """Return the weeks in which the alarm is not that of the golden."""
    state = chosen.fit(weeks("salmonella_train.csv"))
    golden = alarms(GOLDENS[name][0])
    news = weeks("salmonella_test.csv")
    assert len(news) == len(golden) == WEEKS
    assert sum(golden) == GOLDENS[name][2]
    told = [(step, state.update(step).alarm) for step in news]
    return [
        (f"{step.start:%Y-%m-%d}", alarm)
        for (step, alarm), right in zip(told, golden, strict=True)
        if alarm != right
    ]


@pytest.mark.parametrize("name", GOLDENS)
def test_every_week_alarms_as_in_r(name):
    assert differing(detector(name), name) == []


@pytest.mark.parametrize("name", GOLDENS)
def test_the_published_rate_given_as_a_sensitivity_is_the_same(name):
    chosen = Sensitivity(GOLDENS[name][1], minimum_count=1, width="week")
    assert differing(detector(name, chosen), name) == []


@pytest.mark.parametrize("name", ["ears-c1", "ears-c2", "cdc"])
def test_weeks_that_come_one_at_a_time_are_judged_as_after_a_history(name):
    news = weeks("salmonella_test.csv")
    grown = detector(name).fit([])
    for step in weeks("salmonella_train.csv"):
        grown.update(step)
    fitted = detector(name).fit(weeks("salmonella_train.csv"))
    assert [grown.update(step) for step in news] == [fitted.update(step) for step in news]
