"""The registry: every feature by its name, and names or patterns back to features."""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from types import MappingProxyType

import narwhals as nw

from tiering.errors import FeatureError
from tiering.features import accounts, events, orders, texts
from tiering.features.feature import Fact, Feature
from tiering.frames import Frame
from tiering.times import Moment

Rows = Callable[[Frame, Moment], tuple[Frame, Mapping[str, nw.Expr]]]

TABLES: Mapping[str, tuple[tuple[Fact, ...], Rows]] = MappingProxyType(
    {
        "orders": (orders.FACTS, orders.rows),
        "engagement": (events.FACTS, events.rows),
        "signals": (texts.FACTS, texts.rows),
        "accounts": (accounts.FACTS, accounts.rows),
    }
)
"""Per table its facts, and the function that gives them for each row."""

FEATURES: Mapping[str, Feature] = MappingProxyType(
    {
        feature.name: feature
        for module in (orders, events, texts, accounts)
        for feature in module.FEATURES
    }
)
"""Every feature by its name."""

NEAREST = 3


def chosen(names: Sequence[str] | None, tables: Sequence[str]) -> tuple[Feature, ...]:
    """Return the features of these names, in the order of the registry, each once.

    Parameters
    ----------
    names
        Names, or patterns with `*` such as `orders_*`; None is every feature of `tables`.
    tables
        The tables that are given.

    Raises
    ------
    FeatureError
        A name is unknown, a pattern fits none, or its table is not given.
    """
    if names is None:
        return tuple(each for each in FEATURES.values() if each.table in tables)
    found = {name for given in names for name in _fitting(given)}
    features = tuple(feature for name, feature in FEATURES.items() if name in found)
    for feature in features:
        _demand_table(feature, tables)
    return features


def _fitting(given: str) -> list[str]:
    found = [name for name in FEATURES if fnmatchcase(name, given)]
    if found:
        return found
    near = get_close_matches(given, FEATURES, NEAREST, cutoff=0.0)
    raise FeatureError(
        f"no feature is named {given!r}; nearest are {', '.join(near)}; "
        "`tingyin features --list` shows all",
        f"没有名为 {given!r} 的特征；最接近的是 {'、'.join(near)}；"
        "用 `tingyin features --list` 查看全部",
    )


def _demand_table(feature: Feature, tables: Sequence[str]) -> None:
    if feature.table not in tables:
        raise FeatureError(
            f"{feature.name} is computed from {feature.table}, and that table is not given; "
            f"give it, or leave the feature out; given are {', '.join(tables)}",
            f"{feature.name} 由 {feature.table} 表计算，但未提供该表；"
            f"请提供该表或去掉此特征；已提供 {'、'.join(tables)}",
        )
