"""Rows of the signals table become mentions, settings are checked, the front door is pinned."""

import math
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

import nlp.surveillance as door
from nlp.surveillance import (
    Mention,
    MentionError,
    WatchSettings,
    WatchSettingsError,
    mentions_from_rows,
    reach_of,
    speaks_ill,
)

AT = datetime(2026, 3, 1, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
ROW = {
    "id": "f1",
    "created_at": AT,
    "channel": "review",
    "author_id": "acc-7",
    "role": None,
    "product": "电热水壶",
    "region": "浙江",
    "likes": 10,
    "reposts": 2,
    "saves": None,
    "replies": 1,
    "author_followers": 5000,
    "sentiment": "negative",
    "intents": ["complaint"],
    "complaint": ["safety", "quality"],
    "severity": 3,
    "spam": False,
    "masked_text": "把手断了，烫伤了",
}


def test_the_front_door_is_sorted_and_whole():
    assert door.__all__ == sorted(door.__all__, key=lambda name: (not name.isupper(), name))
    assert all(hasattr(door, name) for name in door.__all__)
    wanted = {"Mention", "WatchSettings", "surveil", "Surge", "mentions_from_rows", "DETECTORS"}
    assert wanted <= set(door.__all__)


def test_a_row_becomes_a_mention():
    [mention] = mentions_from_rows([ROW])
    assert mention == Mention(
        id="f1",
        at=AT,
        product="电热水壶",
        negative=True,
        complaint=("safety", "quality"),
        severity=3,
        author_id="acc-7",
        reach=122,
        text="把手断了，烫伤了",
        channel="review",
        region="浙江",
    )


MISSING = {"none": None, "empty": "", "NaN": math.nan, "numpy NaN": np.nan}


@pytest.mark.parametrize("value", MISSING.values(), ids=MISSING)
def test_missing_cells_are_allowed(value):
    gone = ("product", "author_id", "region", "likes", "author_followers", "complaint", "severity")
    [mention] = mentions_from_rows([ROW | dict.fromkeys(gone, value)])
    assert (mention.product, mention.author_id, mention.region) == ("", None, None)
    assert (mention.complaint, mention.severity, mention.reach) == ((), 0, 12)


def test_absent_columns_are_allowed():
    [mention] = mentions_from_rows([{"id": 5, "created_at": "2026-03-01T09:30:00+08:00"}])
    assert (mention.id, mention.at, mention.negative, mention.text) == ("5", AT, False, "")


def test_a_pandas_frame_gives_the_same_mentions():
    rows = [ROW, ROW | {"id": "f2", "product": None, "likes": None}]
    assert mentions_from_rows(pd.DataFrame(rows).to_dict("records")) == mentions_from_rows(rows)


OTHER_VOICES = {
    "staff": {"role": "agent"},
    "spam": {"spam": True},
    "spam from numpy": {"spam": np.True_},
}


@pytest.mark.parametrize("cells", OTHER_VOICES.values(), ids=OTHER_VOICES)
def test_only_customers_are_heard(cells):
    assert mentions_from_rows([ROW | cells]) == []


SPEECH = [
    # sentiment, intents, severity, counts against the product
    ("negative", (), 0, True),
    ("negative", ("complaint",), 2, True),
    ("neutral", ("complaint",), 1, True),
    ("neutral", ("complaint",), 0, False),
    ("neutral", ("inquiry",), 1, False),
    ("positive", ("praise", "complaint"), 1, False),
    ("positive", ("praise", "complaint"), 2, True),
    ("positive", ("praise",), 0, False),
    ("", (), 0, False),
]


@pytest.mark.parametrize(("sentiment", "intents", "severity", "ill"), SPEECH)
def test_what_speaks_ill(sentiment, intents, severity, ill):
    assert speaks_ill(sentiment, intents, severity) is ill


BAD_ROWS = {
    "no id": ({"id": None}, "row 2 has no id"),
    "empty id": ({"id": " "}, "row 2 has no id"),
    "no time": ({"created_at": None}, "row 2 .id 'f1'.: created_at is None"),
    "NaT": ({"created_at": pd.NaT}, "created_at is NaT"),
    "no time at all": ({"created_at": "yesterday"}, "'yesterday'; give an ISO time"),
    "no zone": ({"created_at": "2026-03-01 09:30"}, "has no zone; attach one"),
    "no zone, typed": ({"created_at": AT.replace(tzinfo=None)}, "has no zone; attach one"),
    "text for a list": ({"intents": "complaint"}, "intents is 'complaint'; a list"),
    "number for a list": ({"complaint": 3}, "complaint is 3; a list"),
}


@pytest.mark.parametrize(("cells", "told"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_bad_row_is_named(cells, told):
    with pytest.raises(MentionError, match=told) as refused:
        mentions_from_rows([ROW, ROW | cells])
    assert refused.value.text("zh")


REACHES = [
    ({}, 0),
    ({"likes": 3, "saves": 2, "replies": 1, "reposts": 1}, 12),
    ({"author_followers": 149}, 2),
    ({"impressions": 199}, 0),
    ({"likes": 3, "impressions": 1_000_000}, 5003),
    ({"likes": -5, "author_followers": -100}, 0),
]


@pytest.mark.parametrize(("counts", "reach"), REACHES)
def test_reach(counts, reach):
    assert reach_of(counts) == reach


BAD_SETTINGS = {
    "no false alarms": {"false_alarms_per_series_month": 0.0},
    "negative": {"false_alarms_per_month": -1.0},
    "not a number": {"false_alarms_per_series_month": math.nan},
    "text": {"false_alarms_per_month": "1"},
    "truth": {"false_alarms_per_month": True},
    "from one mention": {"minimum_count": 1},
    "no gap": {"gap": timedelta(0)},
    "gap in hours": {"gap": 24},
    "learning backwards": {"learning": timedelta(days=-1)},
    "no memory": {"memory": timedelta(days=1)},
    "unknown zone": {"zone": "Asia/Peking"},
    "empty zone": {"zone": ""},
    "zone of a path": {"zone": "../etc"},
}


@pytest.mark.parametrize("values", BAD_SETTINGS.values(), ids=BAD_SETTINGS)
def test_bad_settings_are_named(values):
    [(name, value)] = values.items()
    with pytest.raises(WatchSettingsError, match=f"{name} is ") as refused:
        WatchSettings(**values)
    assert name in refused.value.text("zh")
    assert str(value) in refused.value.text("zh")
