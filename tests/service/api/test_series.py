"""Series and backtests through the API, on a real database."""

from datetime import UTC, datetime, timedelta

import pytest

START = datetime(2026, 5, 4, 1, tzinfo=UTC)
DAYS = [f"2026-01-{day:02}" for day in range(1, 31)]


def posted(service, product: str, bursts: dict[int, int]) -> None:
    """Post so many complaints in each of these hours after `START`."""
    rows = [
        {
            "id": f"{product}-{hour}-{n}",
            "text": f"壶把手太烫，烫伤了手，第{n}次",
            "created_at": (START + timedelta(hours=hour, seconds=n)).isoformat(),
            "product": product,
        }
        for hour, count in bursts.items()
        for n in range(count)
    ]
    service.post(rows)
    service.settle()


def test_a_series_shows_counts_band_and_alarms(service) -> None:
    posted(service, "水壶", {0: 1, 30: 1, 60: 30})
    shown = service.get("/v1/series", product="水壶", category="safety")
    points = {datetime.fromisoformat(each["start"]): each for each in shown["points"]}
    assert len(points) == 61
    assert sum(each["count"] for each in points.values()) == 32
    last = points[START + timedelta(hours=60)]
    assert last["alarm"]
    assert last["count"] == 30 > last["upper"] >= last["expected"]
    assert [each["alarm"] for each in points.values()].count(True) == 1
    days = service.get("/v1/series", product="水壶", width="day")["points"]
    assert sum(each["count"] for each in days) == 32


def test_a_window_of_it(service) -> None:
    posted(service, "窗", {0: 1, 30: 1, 60: 30})
    since = (START + timedelta(hours=59)).isoformat()
    until = (START + timedelta(hours=60)).isoformat()
    (point,) = service.get("/v1/series", product="窗", since=since, until=until)["points"]
    assert datetime.fromisoformat(point["start"]) == START + timedelta(hours=59)


@pytest.mark.parametrize("asked", [{"product": "无人"}, {"product": "无人", "category": "safety"}])
def test_nothing_known_is_an_empty_series(service, asked: dict[str, str]) -> None:
    assert service.get("/v1/series", **asked)["points"] == []


def test_a_backtest(service) -> None:
    rows = [{"date": day, "count": 5 + n % 3} for n, day in enumerate(DAYS)]
    body = {"history": rows[:28], "series": [rows[28], {"date": DAYS[29], "count": 44}]}
    done = service.scoped("pr").post("/v1/backtest", json=body).json()
    assert done["width"] == "day"
    assert (done["alarms"], [each["alarm"] for each in done["bins"]]) == (1, [False, True])


REFUSED = {
    "unknown detector": {"detector": "oracle"},
    "a date that is none": {"series": [{"date": "soon", "count": 1}]},
    "no date": {"series": [{"count": 1}]},
    "negative": {"series": [{"date": DAYS[0], "count": -1}]},
    "count above total": {"series": [{"date": DAYS[0], "count": 3, "total": 2}]},
    "twice": {"series": [{"date": DAYS[0], "count": 3}] * 2},
    "one bin": {"series": [{"date": DAYS[0], "count": 3}]},
    "empty": {"series": []},
    "rate of one": {"false_alarms": 1.0},
    "unknown field": {"alpha": 1},
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_refused(service, change: dict[str, object]) -> None:
    body = {"series": [{"date": day, "count": 3} for day in DAYS]} | change
    answer = service.admin.post("/v1/backtest", json=body)
    assert answer.status_code == 422
    assert answer.json()["type"].startswith("urn:tingyin:problem:")
