"""Reviews: what an alert taught, kept, found again, and shown with the next one of its kind."""

import re

import pytest

PHONE = "13812345678"
REVIEW = {
    "what_happened": f"壶把断裂，顾客 {PHONE} 烫伤",
    "cause": "换了供应商",
    "actions": ["停售该批次", f"致电 {PHONE}"],
    "lessons": "换供应商须复测把手强度",
}


def resolved(service, alert: str) -> str:
    path = f"/v1/alerts/{alert}"
    for move in ("acknowledge", "resolve"):
        assert service.admin.post(f"{path}/{move}").status_code == 200
    return path


def test_written_masked_versioned_and_shown(service, put_alert) -> None:
    path = resolved(service, put_alert("复盘"))
    assert service.admin.get(f"{path}/review").status_code == 404
    first = service.scoped("pr").put(f"{path}/review", json=REVIEW)
    assert (first.status_code, first.headers["ETag"]) == (200, '"1"')
    assert PHONE not in first.text
    assert PHONE not in service.stored()
    shown = service.get(f"{path}/review")
    assert shown == first.json()
    times = shown["times"]
    assert 0 <= times["acknowledged"] <= times["resolved"] < 60
    assert (times["responded"], times["commented"], times["returns"]) == (None, None, 0)
    second = service.admin.put(
        f"{path}/review", json=REVIEW | {"cause": "模具磨损"}, headers={"If-Match": '"1"'}
    ).json()
    assert (second["version"], second["cause"], second["who"]) == (2, "模具磨损", "admin")
    assert service.get(f"{path}/review", version=1)["cause"] == "换了供应商"
    missing = service.admin.get(f"{path}/review", params={"version": 3})
    assert (missing.status_code, "1 to 2" in missing.json()["detail"]) == (404, True)
    alert = service.get(path)
    assert (alert["version"], [c["event"] for c in alert["changes"]][-2:]) == (3, ["review"] * 2)


@pytest.mark.parametrize(
    ("headers", "version", "status"),
    [
        ({"If-Match": '"1"'}, None, 200),
        ({"If-Match": '"2"'}, None, 412),
        ({}, 1, 200),
        ({}, 0, 409),
        ({}, None, 200),
        ({}, -1, 422),
    ],
)
def test_the_version_that_was_seen(service, put_alert, headers, version, status: int) -> None:
    path = resolved(service, put_alert("复盘版本"))
    assert service.admin.put(f"{path}/review", json=REVIEW | {"version": 0}).status_code == 200
    answer = service.admin.put(
        f"{path}/review", json=REVIEW | {"version": version}, headers=headers
    )
    assert answer.status_code == status


@pytest.mark.parametrize("move", [None, "acknowledge", "reopen"])
def test_only_of_what_is_over(service, put_alert, move: str | None) -> None:
    path = f"/v1/alerts/{put_alert('未完')}"
    if move == "reopen":
        resolved(service, path.rpartition("/")[2])
    if move:
        service.admin.post(f"{path}/{move}")
    refused = service.admin.put(f"{path}/review", json=REVIEW, headers={"Accept-Language": "zh"})
    assert refused.status_code == 409
    assert "复盘" in refused.json()["detail"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"lessons": ""},
        {"lessons": " \n"},
        {"cause": "a\x00"},
        {"actions": ["a\x00"]},
        {"actions": [""]},
        {"actions": ["a"] * 51},
        {"what_happened": "长" * 10_001},
        {"blame": "him"},
        {"cause": None},
    ],
)
def test_reviews_that_cannot_be_taken(service, put_alert, wrong: dict[str, object]) -> None:
    path = resolved(service, put_alert("坏复盘"))
    assert service.admin.put(f"{path}/review", json=REVIEW | wrong).status_code == 422


def test_unknown_alerts(service) -> None:
    assert service.admin.get("/v1/alerts/none/review").status_code == 404
    assert service.admin.put("/v1/alerts/none/review", json=REVIEW).status_code == 404


def test_found_by_product_category_and_words(service, put_alert) -> None:
    kettle = resolved(service, put_alert("找壶", category="safety"))
    pot = resolved(service, put_alert("找锅", category="price"))
    service.admin.put(f"{kettle}/review", json=REVIEW | {"lessons": "旧版本"})
    service.admin.put(f"{kettle}/review", json=REVIEW | {"lessons": "须测 100%_强度"})
    service.admin.put(f"{pot}/review", json=REVIEW | {"lessons": "涨价先公告"})

    def found(**asked: str | int) -> list[str]:
        items = service.get("/v1/reviews", **asked)["items"]
        return [each["product"] for each in items if each["product"].startswith("找")]

    assert found() == ["找锅", "找壶"]
    assert found(product="找壶") == found(category="safety") == ["找壶"]
    assert found(words="100%_") == ["找壶"]
    assert found(words="100_%") == found(words="旧版本") == []
    assert found(since="2020-01-01", words="公告") == ["找锅"]
    assert found(until="2020-01-01") == []
    first = service.get("/v1/reviews", limit=1)
    assert first["items"][0]["product"] == "找锅"
    second = service.get("/v1/reviews", limit=1, cursor=first["next_cursor"])
    assert second["items"][0]["product"] == "找壶"


def test_the_next_alert_of_its_kind_shows_the_lessons(service, put_alert) -> None:
    taught = []
    for incident in range(1, 5):
        alert = put_alert("下次")
        path = resolved(service, alert)
        service.admin.put(f"{path}/review", json=REVIEW | {"lessons": f"教训 {incident}"})
        taught.append(alert)
    put_alert("别的产品")
    now = service.get(f"/v1/alerts/{put_alert('下次')}")
    assert [lesson["lessons"] for lesson in now["lessons"]] == ["教训 4", "教训 3", "教训 2"]
    assert [lesson["alert_id"] for lesson in now["lessons"]] == taught[:0:-1]
    assert service.get(f"/v1/alerts/{taught[3]}")["lessons"][0]["lessons"] == "教训 3"
    assert service.get(f"/v1/alerts/{put_alert('别的')}")["lessons"] == []


def test_the_text_says_it_all_in_both_languages(service, put_alert) -> None:
    path = f"/v1/alerts/{put_alert('全文壶', level=2, category='safety')}"
    said = {"note": "召回", "where": "微博", "agreed": ["pr-head"]}
    assert service.admin.post(f"{path}/respond", json=said).status_code == 200
    assert service.admin.post(f"{path}/resolve").status_code == 200
    text = service.admin.put(f"{path}/review", json=REVIEW).json()["text"]
    en, zh = text["en"].split("\n"), text["zh"].split("\n")
    assert en[0] == "Review: II, major · 全文壶 · safety (incident 1)"
    assert zh[0] == "复盘：II 级（重大） · 全文壶 · 安全与健康（第 1 次事件）"
    assert len(en) == len(zh)
    assert "Cause: 换了供应商" in en
    assert any(line.startswith("措施：停售该批次；致电") for line in zh)
    assert "教训：换供应商须复测把手强度" in zh
    (fast,) = [line for line in zh if line.startswith("响应用时")]
    assert re.fullmatch(
        r"响应用时：确认：无；\d+ [分秒]后公开回应；\d+ [分秒]后解决；超时上报 0 次；复发 0 次",
        fast,
    )
    assert PHONE not in text["zh"]


def test_what_still_lacks_a_review(service, put_alert) -> None:
    done, owed = (resolved(service, put_alert(name)) for name in ("已复盘", "欠复盘"))
    service.admin.put(f"{done}/review", json=REVIEW)

    def listed(**asked: str | int) -> set[str]:
        items = service.get("/v1/alerts", state="resolved", limit=200, **asked)["items"]
        return {each["product"] for each in items} & {"已复盘", "欠复盘"}

    assert listed() == {"已复盘", "欠复盘"}
    assert listed(reviewed="false") == {"欠复盘"}
    assert listed(reviewed="true") == {"已复盘"}
    groups = service.get("/v1/alerts", reviewed="false", group_by="product", limit=200)["groups"]
    assert {"product": "欠复盘"} in [each["labels"] for each in groups]
    assert {"product": "已复盘"} not in [each["labels"] for each in groups]
    assert owed != done
