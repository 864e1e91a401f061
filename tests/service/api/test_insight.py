"""Tags, next actions and links of one customer, from what the service holds."""

from datetime import UTC, datetime, timedelta

import pytest

from service.customers.insight import demand_stored
from service.errors import SettingError
from service.stored_frames import PROFILE
from tests.service.api.test_scoring import run_of
from tiering.tags import rules_of

NOW = datetime.now(UTC)
PHONE = "13800138000"


def ago(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat()


def order(number: int, customer: str, days: float, amount: int) -> dict[str, object]:
    who = {"order_id": f"{customer} {number}", "customer_id": customer}
    return who | {"ordered_at": ago(days), "amount": amount}


def device(customer: str, days: float, value: float) -> dict[str, object]:
    return {"customer_id": customer, "event": "device", "at": ago(days), "value": value}


@pytest.fixture(scope="module")
def known(service):
    """A service that knows an angry customer of much worth, and who shares devices with her."""
    service.post([order(n, "anna", 5 + n, 90_000) for n in range(4)], "/v1/orders")
    service.post([order(0, who, 9, 5_000) for who in ("berta", PHONE, "carla")], "/v1/orders")
    said = {"id": "p1", "text": "壶把太烫，烧手了", "created_at": ago(2), "author_id": "@anna"}
    account = {"account_id": "@anna", "customer_id": "anna", "followers": 12, "platform": "weibo"}
    service.post([account], "/v1/accounts")
    service.post([said])
    events = [device("anna", 3, 7), device("anna", 4, 8), device("anna", 5, 9.5)]
    events += [device("berta", 2, 7), device("berta", 1, 8), device(PHONE, 6, 8)]
    events += [device("carla", 6, 9.5), device("carla", 400, 7)]
    cart = {"customer_id": "anna", "event": "add_to_cart", "at": ago(1)}
    service.post([*events, cart], "/v1/engagement")
    service.settle()
    run_of(service)
    return service


def test_tags_with_evidence_validity_and_version(known) -> None:
    told = known.get("/v1/customers/anna/tags")
    assert told["rules_version"] == "2026.11"
    tags = {each["tag"]: each for each in told["items"]}
    assert tags["lifecycle"]["value"] == "regular"
    assert set(tags) >= {"lifecycle", "left_in_cart", "big_spender"}
    assert "likely_to_leave" not in tags  # it is unpublished
    spender = tags["big_spender"]
    assert (spender["source"], spender["valid_to"]) == ("rule", None)
    assert spender["rule_version"].startswith("1+")
    assert "in 365 days: ¥3600.00 (such as anna 3)" in spender["evidence"]["en"]
    assert "¥3600.00" in spender["evidence"]["zh"]
    moments = [datetime.fromisoformat(at) for at in (spender["known_at"], told["as_of"])]
    assert moments[0] == moments[1]  # computed when asked


def test_actions_care_first_and_say_what_was_held_back(known) -> None:
    told = known.get("/v1/customers/anna/actions")
    (first, *_) = told["items"]
    assert (first["action"], first["kind"]) == ("answer_severe", "care")
    assert first["reason"]["zh"].startswith("严重度 3 的投诉")
    assert {"column": "complaints.worst_open", "value": "3"} in first["evidence"]
    assert not any(each["kind"] == "offer" for each in told["items"])
    assert told["not_judged"]["keep_best"] == "lifecycle"
    assert set(told["held_back"].values()) <= {"care_first", "no_consent", "over_limit"}


def test_links_by_devices_of_late_with_strangers_masked(known) -> None:
    told = known.get("/v1/customers/anna/links")
    assert [each["account_id"] for each in told["accounts"]] == ["@anna"]
    shared = [(each["customer_id"], each["devices"]) for each in told["shared_devices"]]
    assert shared == [("berta", 2), ("*" * 11, 1)]  # carla: a broken number, or long ago
    assert known.get("/v1/customers/carla/links")["shared_devices"] == []


@pytest.mark.parametrize("what", ["tags", "actions", "links"])
def test_who_may_ask_and_for_whom(known, what: str) -> None:
    path = f"/v1/customers/anna/{what}"
    assert known.scoped("support").get(path).status_code == 200
    assert known.scoped("tiering").get(path).status_code == 200
    assert known.scoped("pr").get(path).status_code == 403
    assert known.client(None).get(path).status_code == 401
    assert known.admin.get(f"/v1/customers/nobody/{what}").status_code == 404


def test_rules_on_columns_that_nobody_stores_stop_the_start() -> None:
    rule = {"name": "x", "rule": "mine > 1"}
    rules = rules_of({"version": "1", "columns": {"mine": "number"}, "tags": [rule]}, "rules.yaml")
    with pytest.raises(SettingError, match="published tags read mine, which the service does not"):
        demand_stored(rules)
    demand_stored(rules_of({"version": "1", "tags": [{"name": "x", "rule": "risk < 9"}]}, "r"))
    assert {"tier", "risk", "value_12m"} <= set(PROFILE)
