"""Measuring the shipped model: every figure is there, hangs together, and repeats."""

import json
from dataclasses import replace

import pytest

from nlp.measuring import evaluate_challenge, measure, measure_evidence
from nlp.slices import SLICES, challenge_texts
from nlp.training.card_figures import card_figures
from nlp.training.measured_sets import BINARY_SETS

HEADS = {"sentiment", "intents", "complaint", "severity"}


@pytest.fixture(scope="module")
def challenge():
    return evaluate_challenge()


@pytest.fixture(scope="module")
def some():
    return [each.example for each in challenge_texts()[::6]]


@pytest.fixture(scope="module")
def figures(some):
    return measure(some)


@pytest.fixture(scope="module")
def evidence(some):
    return measure_evidence([example.text for example in some if len(example.text) > 12])


def test_the_challenge_set_has_a_figure_for_every_slice(challenge):
    assert set(challenge["slices"]) == set(SLICES)
    assert sum(row["n"] for row in challenge["slices"].values()) == challenge["n"]
    right = sum(row["n"] * row["accuracy"] for row in challenge["slices"].values())
    assert right / challenge["n"] == pytest.approx(challenge["sentiment"]["accuracy"])
    for row in challenge["slices"].values():
        assert row["accuracy_low"] <= row["accuracy"] <= row["accuracy_high"]
    assert "target" not in challenge


def test_pairs_are_harder_than_texts(challenge):
    assert 0 < challenge["pairs"]["all_right"] < challenge["sentiment"]["accuracy"]


def test_measured_figures_keep_their_names(figures):
    assert set(figures) == {
        "n",
        "texts_per_second",
        "sentiment",
        "intents",
        "complaint",
        "severity",
        "target",
        "heads",
        "intervals",
        "slices",
    }
    assert set(figures["heads"]) == HEADS
    json.dumps(figures)


def test_intervals_hold_their_figures(figures):
    for name, (low, high) in figures["intervals"].items():
        head, figure = name.split(".")
        assert 0 <= low <= figures[head][figure] + 0.05
        assert figures[head][figure] - 0.05 <= high <= 1


def test_silence_never_costs_accuracy_at_a_perfect_order(figures):
    for row in figures["heads"].values():
        assert 0 <= row["e_aurc"] <= row["aurc"] + 1e-9
        assert row["risk_at_coverage"]["1.0"] == pytest.approx(1 - row["right"])


def test_measuring_repeats(some, figures):
    assert without_speed(measure(some)) == without_speed(figures)


def without_speed(figures):
    return {name: value for name, value in figures.items() if name != "texts_per_second"}


def test_a_neutral_label_says_nothing_of_targets(some):
    unlabelled = [replace(example, targets=None) for example in some[:8]]
    assert measure(unlabelled)["target"] == {"f1": 0.0}


def test_evidence_matters_more_than_random_words(evidence):
    for row in evidence["counts"].values():
        without = row["comprehensiveness"]
        assert without["top"] > without["random"]
        low, high = without["top_interval"]
        assert low <= without["top"] <= high


def test_the_card_shows_every_figure_in_both_languages(challenge, figures, evidence):
    binary = {"n": 2, "polar_accuracy": 1.0, "strict_accuracy": 0.5, "neutral_rate": 0.5}
    binary["intervals"] = {"polar_accuracy": [0.3, 1.0]}
    sets = dict.fromkeys(BINARY_SETS, binary)
    card = card_figures({"gold dev": figures, "challenge": challenge, "evidence": evidence, **sets})
    for name in SLICES:
        assert SLICES[name].zh in card
        assert SLICES[name].en in card
    assert f"{challenge['slices']['sarcasm']['accuracy']:.3f}" in card
    assert f"{figures['heads']['severity']['e_aurc']:.3f}" in card
    assert f"{evidence['counts']['20%']['comprehensiveness']['top']:.3f}" in card
    for table in card.split("\n\n"):
        rows = [line for line in table.splitlines() if line.startswith("|")]
        assert len({line.count("|") for line in rows}) <= 1, rows[:2]
