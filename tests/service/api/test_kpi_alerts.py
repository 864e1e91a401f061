"""A missed threshold of a tier is an alert like others: told, moved, ended, and back again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from tests.service.api.receivers import receiving
from tests.service.api.test_scoring import run_of
from tiering import load_policy
from tiering.actions.policy_file import SHIPPED

NOW = datetime.now(UTC)
TIERS = [tier.name for tier in load_policy().tiers]


def own_policy(folder: Path, *kpis: dict[str, object]) -> Path:
    data = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    refunds = {
        "name": "refunded",
        "en": "refunded orders",
        "zh": "退款订单占比",
        "measure": "refunds",
        "worse": "above",
        "window_days": 30,
        "thresholds": dict.fromkeys(TIERS, 0.2),
        "alert_level": 2,
    }
    data["kpis"] |= {"list": [refunds, *kpis]}
    path = folder / "actions.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return path


def orders(paid_back: int) -> list[dict[str, object]]:
    """Orders of 40 customers, of so many of which a fen was paid back: no tier moves by it."""
    return [
        {
            "order_id": f"o{n}",
            "customer_id": f"c{n}",
            "ordered_at": (NOW - timedelta(days=3)).isoformat(),
            "amount": 50_000,
            "refunded": 1 if n < paid_back else 0,
        }
        for n in range(40)
    ]


def alerts(service) -> list[dict]:
    return service.get("/v1/alerts")["items"]


def refused(service, path: str) -> int:
    return service.admin.get(path).status_code


def test_the_life_of_an_alert_of_a_kpi(serve, tmp_path: Path) -> None:
    options = {"actions_policy": own_policy(tmp_path), "delivery_networks": "127.0.0.0/8"}
    with receiving() as receiver, serve(**options) as service:
        route = {"name": "crm", "kind": "webhook", "target": receiver.url, "products": ["kpi:*"]}
        assert service.admin.post("/v1/routes", json=route).status_code == 201
        service.post(orders(paid_back=40), "/v1/orders")
        run_of(service)
        service.wait(lambda: alerts(service))
        (alert,) = alerts(service)
        assert alert["fingerprint"].startswith("kpi:refunded:")
        assert (alert["state"], alert["level"], alert["category"]) == ("firing", 2, None)
        assert alert["observed"] > alert["expected"] * 2
        assert alert["p"] < 1e-6
        (reason,) = service.get(f"/v1/alerts/{alert['id']}")["reasons"]
        assert "above 20.0%" in reason["en"]
        assert "高于 20.0%" in reason["zh"]
        service.wait(lambda: receiver.calls)
        told = receiver.calls[0].json["data"]
        assert (told["alert_id"], told["reasons"]) == (alert["id"], [reason])
        assert refused(service, f"/v1/alerts/{alert['id']}/report") == 404

        run_of(service)  # still so: no second alert, and nothing is told again
        assert [each["id"] for each in alerts(service)] == [alert["id"]]

        moved = service.admin.post(f"/v1/alerts/{alert['id']}/resolve", json={})
        assert moved.status_code == 200, moved.text
        run_of(service)
        service.wait(lambda: alerts(service)[0]["state"] == "regressed")

        service.post(orders(paid_back=0), "/v1/orders")
        run_of(service)
        service.wait(lambda: alerts(service)[0]["observed"] == 0)
        assert alerts(service)[0]["state"] == "regressed"  # somebody is on it: it is theirs to end


def test_what_nobody_touched_ends_by_itself_and_is_new_the_next_time(serve, tmp_path: Path) -> None:
    with serve(actions_policy=own_policy(tmp_path)) as service:
        for paid_back, states in (
            (40, ["firing"]),
            (0, ["resolved"]),
            (40, ["firing", "resolved"]),
        ):
            service.post(orders(paid_back), "/v1/orders")
            run_of(service)
            service.wait(lambda: [each["state"] for each in alerts(service)] == states)  # noqa: B023
        assert [each["incident"] for each in alerts(service)] == [2, 1]


def test_customers_are_judged_by_the_tier_of_the_start_of_the_window(serve, tmp_path: Path) -> None:
    share = {"name": "silent", "en": "silent", "zh": "沉默", "measure": "share", "worse": "above"}
    share |= {"thresholds": dict.fromkeys(TIERS, 0.5), "of": ["orders.recency_days > 20"]}
    share |= {"window_days": 30}
    with serve(actions_policy=own_policy(tmp_path, share)) as service:
        long_ago = {"ordered_at": (NOW - timedelta(days=60)).isoformat()}
        old = [each | long_ago | {"order_id": f"old {n}"} for n, each in enumerate(orders(0))]
        service.post([*old, *orders(paid_back=40)], "/v1/orders")
        before = (NOW - timedelta(days=40)).date().isoformat()
        run_of(service, as_of=before)
        run_of(service)
        service.wait(lambda: alerts(service))
        (reason,) = service.get(f"/v1/alerts/{alerts(service)[0]['id']}")["reasons"]
        assert f"tiers as of {before}" in reason["en"]


def test_no_thresholds_of_ones_own_no_alert_and_a_wrong_policy_no_run_lost(serve) -> None:
    with serve() as service:
        service.post(orders(paid_back=40), "/v1/orders")
        run_of(service)
        service.settle()
        assert alerts(service) == []
