"""The registry: many features, each documented in both languages, each name a plain column."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tiering.errors import FeatureError
from tiering.features import FEATURES, UNITS, chosen
from tiering.features.registry import TABLES

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_more_than_two_hundred() -> None:
    assert len(FEATURES) >= 200


@pytest.mark.parametrize("name", FEATURES)
def test_each_is_documented(name: str) -> None:
    feature = FEATURES[name]
    assert re.fullmatch(r"[a-z][a-z0-9_]+", name)
    assert feature.unit in UNITS
    assert feature.high is None or feature.low < feature.high
    assert feature.table in TABLES
    for said in (feature.description, feature.null):
        assert said.en
        assert CHINESE.search(said.zh)
        assert "{" not in said.en + said.zh


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_two_say_the_same(language: str) -> None:
    said = [each.description.text(language) for each in FEATURES.values()]  # type: ignore[arg-type]
    assert sorted(said) == sorted(set(said))


def test_every_fact_is_used() -> None:
    used = {fact for feature in FEATURES.values() for fact in feature.facts}
    assert {fact.name for facts, _ in TABLES.values() for fact in facts} == used


@pytest.mark.parametrize("folder", [".", "tiering"])
@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readmes_tell_how_many(folder: str, readme: str) -> None:
    text = (Path(__file__).parents[3] / folder / readme).read_text(encoding="utf-8")
    assert f"{len(FEATURES)} " in text


def test_names_and_patterns_come_in_the_order_of_the_registry() -> None:
    found = chosen(["texts_7d", "orders_?0d", "orders_30d"], list(TABLES))
    assert [each.name for each in found] == ["orders_30d", "orders_90d", "texts_7d"]


def test_a_trend_needs_a_longer_window() -> None:
    ever = replace(FEATURES["orders_trend_180d"], name="orders_trend_365d", window=365)
    with pytest.raises(FeatureError, match="no window is longer than 365"):
        ever.needs()
