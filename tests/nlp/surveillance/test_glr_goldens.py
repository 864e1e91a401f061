"""The GLR charts say what R `surveillance` says of its weekly salmonella counts."""

from datetime import UTC, datetime

import pytest

from nlp.surveillance import DETECTORS, Verdict
from nlp.surveillance.detectors.glr import GlrNegbinDetector, GlrPoissonDetector, GlrSettings
from tests.nlp.surveillance.oracle import NEEDED, alarms, table, weeks

pytestmark = NEEDED


def verdicts(made) -> list[Verdict]:
    state = made.fit(weeks("salmonella_train.csv"))
    return [state.update(step) for step in weeks("salmonella_test.csv")]


def test_poisson_alarms_in_the_same_weeks_as_r():
    golden = alarms("GLRPoisson_pred.csv")
    assert len(golden) == 105
    assert sum(golden) == 5
    assert [told.alarm for told in verdicts(DETECTORS["glr-poisson"](None))] == golden


POISSON_LIKE = {
    "the registered one": lambda: DETECTORS["glr-negbin"](None),
    "no dispersion is Poisson": lambda: GlrNegbinDetector(GlrSettings(alpha=0.0)),
    "hardly any is nearly Poisson": lambda: GlrNegbinDetector(GlrSettings(alpha=1e-6)),
}


@pytest.mark.parametrize("make", POISSON_LIKE.values(), ids=POISSON_LIKE)
def test_negbin_finds_all_four_weeks_with_one_false(make):
    outbreak = [row["outbreak"] == "True" for row in table("salmonella_test.csv")]
    told = [verdict.alarm for verdict in verdicts(make())]
    assert sum(outbreak) == 4
    assert sum(told) == 5
    assert sum(a and o for a, o in zip(told, outbreak, strict=True)) == 4


def test_the_first_rise_is_dated_and_its_counts_are_above_the_upper_bound():
    told = verdicts(GlrPoissonDetector())
    first = next(n for n, verdict in enumerate(told) if verdict.alarm)
    counts = [step.count for step in weeks("salmonella_test.csv")]
    assert told[first].since == datetime(2011, 11, 7, tzinfo=UTC)
    for count, verdict in zip(counts, told, strict=True):
        assert verdict.alarm == (count > verdict.upper)


def test_falls_are_looked_for_only_when_asked():
    falls = verdicts(GlrPoissonDetector(GlrSettings(direction="dec")))
    counts = [step.count for step in weeks("salmonella_test.csv")]
    loud = [n for n, verdict in enumerate(falls) if verdict.alarm]
    assert loud
    assert all(counts[n] < falls[n].expected for n in loud)
    assert "falling since" in falls[loud[0]].reasons[0].en
