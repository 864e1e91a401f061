"""Feedback over HTTP: row by row, masked, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

GOOD = {"id": "good", "text": "很好用", "created_at": "2026-03-01T09:30:00+08:00"}
TOMORROW = (datetime.now(UTC) + timedelta(days=2)).isoformat()


def row(**changes: object) -> dict[str, object]:
    return {**GOOD, **changes}


INVALID = [
    pytest.param({"text": "x", "created_at": GOOD["created_at"]}, "id", id="no-id"),
    pytest.param(row(id=""), "id", id="empty-id"),
    pytest.param(row(id="  "), "id", id="blank-id"),
    pytest.param(row(id="a" * 201), "id", id="long-id"),
    pytest.param(row(id="a\x00b"), "id", id="nul-in-id"),
    pytest.param(row(id=None), "id", id="null-id"),
    pytest.param(row(id=["a"]), "id", id="list-id"),
    pytest.param(row(text=""), "text", id="empty-text"),
    pytest.param(row(text=" \n\t"), "text", id="blank-text"),
    pytest.param(row(text="a\x00b"), "text", id="nul-in-text"),
    pytest.param(row(text="好" * 20_001), "text", id="enormous-text"),
    pytest.param(row(created_at=None), "created_at", id="null-time"),
    pytest.param(row(created_at="yesterday"), "created_at", id="no-time"),
    pytest.param(row(created_at="01/02/2026"), "created_at", id="ambiguous-time"),
    pytest.param(row(created_at="1985-01-01T00:00:00Z"), "created_at", id="before-2000"),
    pytest.param(row(created_at=TOMORROW), "created_at", id="future"),
    pytest.param(row(likes=-1), "likes", id="negative-count"),
    pytest.param(row(likes=1.5), "likes", id="half-a-like"),
    pytest.param(row(likes=10**30), "likes", id="enormous-count"),
    pytest.param(row(channel="fax"), "channel", id="unknown-channel"),
    pytest.param(row(role="boss"), "role", id="unknown-role"),
    pytest.param(row(rating="five stars"), "rating", id="wordy-rating"),
    pytest.param("just a text", "", id="not-an-object"),
    pytest.param(None, "", id="null-row"),
]


@pytest.mark.parametrize(("bad", "field"), INVALID)
def test_an_invalid_row_is_told_and_stops_no_other(service, bad: object, field: str) -> None:
    answer = service.post([row(id="kept"), bad])
    results = answer["results"]
    assert results[0]["status"] in ("accepted", "duplicate")
    assert results[1]["status"] == "invalid"
    assert answer["invalid"] == 1
    assert field in [error["field"] for error in results[1]["errors"]]
    assert all(error["detail"] for error in results[1]["errors"])


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(b'"text": "\\ud83d"', id="half-a-surrogate-pair"),
        pytest.param(b'"text": "a", "rating": Infinity', id="infinity"),
        pytest.param(b'"text": "a", "rating": NaN', id="not-a-number"),
        pytest.param(b'"text": "a", "rating": 1e999', id="overflow"),
    ],
)
def test_what_json_lets_through_and_a_database_does_not(service, odd: bytes) -> None:
    body = b'[{"id": "odd", "created_at": "2026-03-01", %s}]' % odd
    answer = service.admin.post("/v1/feedback", content=body)
    assert answer.json()["results"][0]["status"] == "invalid"


def test_one_invalid_object_is_a_problem(service) -> None:
    answer = service.admin.post(
        "/v1/feedback", json=row(text=""), headers={"Accept-Language": "zh-CN"}
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "text 至少要有 1 个字符" in answer.json()["errors"][0]["detail"]


def test_personal_data_is_stored_masked_only(service) -> None:
    text = "客服让我打 13800138000，身份证 110101199003078515 也要了"
    service.post(row(id="pii", text=text))
    shown = service.get("/v1/feedback/pii")
    assert "13800138000" not in shown["text"]
    assert "110101199003078515" not in shown["text"]
    assert len(shown["text"]) == len(text)


def test_notes_on_alerts_are_stored_masked_only(service) -> None:
    service.post([row(id=f"note-{n}", text=f"烫伤了手 {n}", product="备注") for n in range(30)])
    service.settle()
    (alert,) = service.get("/v1/alerts", product="备注")["items"]
    note = "已致电王先生 13800138000"
    until = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
    moves = {"acknowledge": {}, "suppress": {"until": until}, "resolve": {}}
    for move, body in moves.items():
        path = f"/v1/alerts/{alert['id']}/{move}"
        moved = service.admin.post(path, json={**body, "note": note}).json()
        assert moved["changes"][-1]["note"] == "已致电王先生 ***********"
    assert "13800138000" not in service.stored()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-03-01T09:30:00+08:00", "2026-03-01T01:30:00Z"),
        ("2026-03-01T01:30:00Z", "2026-03-01T01:30:00Z"),
        ("2026-03-01 09:30", "2026-03-01T01:30:00Z"),
        ("2026/3/1 9:30", "2026-03-01T01:30:00Z"),
        ("2026年3月1日 9时30分", "2026-03-01T01:30:00Z"),
        (1772328600, "2026-03-01T01:30:00Z"),
    ],
)
def test_times_are_read_in_china_and_kept_in_utc(service, written: object, expected: str) -> None:
    service.post(row(id=f"time {written}", created_at=written))
    assert service.get(f"/v1/feedback/time {written}")["created_at"] == expected


def test_what_is_sent_twice_is_stored_once(service) -> None:
    rows = [row(id=f"twice-{n}") for n in range(3)]
    first = service.post([*rows, rows[0]])
    assert [result["status"] for result in first["results"]] == [
        "accepted",
        "accepted",
        "accepted",
        "duplicate",
    ]
    again = service.post(rows)
    assert (again["accepted"], again["duplicates"]) == (0, 3)


def test_unknown_fields_are_named(service) -> None:
    answer = service.post([row(id="typo", costumer_id="c-1", customer_id="c-2")])
    assert answer["results"][0]["ignored"] == ["costumer_id"]
    assert service.get("/v1/feedback/typo")["customer_id"] == "c-2"


def test_numbers_serve_as_ids_and_blanks_as_nothing(service) -> None:
    service.post([row(id=4711, author_id=12, customer_id="", product=" 壶 ", likes=None)])
    shown = service.get("/v1/feedback/4711")
    assert (shown["author_id"], shown["customer_id"], shown["product"]) == ("12", None, "壶")
    assert shown["likes"] == 0


def test_the_reach_is_that_of_surveillance(service) -> None:
    from nlp.surveillance import reach_of

    counts = {"likes": 7, "reposts": 3, "saves": 2, "replies": 5, "author_followers": 12_345}
    counts["impressions"] = 4_399
    service.post([row(id="reach", **counts)])
    assert service.get("/v1/feedback/reach")["reach"] == reach_of(counts)


def test_a_body_holds_1_to_1000_rows(service) -> None:
    many = [row(id=f"many-{n}") for n in range(1001)]
    assert service.admin.post("/v1/feedback", json=many).status_code == 422
    assert service.admin.post("/v1/feedback", json=[]).status_code == 422
    assert service.post(many[:1000])["accepted"] == 1000


def test_signals_follow(service) -> None:
    service.post([row(id="signal", text="壶把手裂开了")])
    service.settle()
    shown = service.get("/v1/feedback/signal")
    assert shown["analysis"] == "done"
    assert shown["signals"]["complaint"] == ["quality"]
    assert shown["signals"]["severity"] == 2


def test_filters_and_pages(service) -> None:
    rows = [
        row(
            id=f"page-{n}",
            product="翻页",
            customer_id=f"c-{n % 2}",
            text="壶坏了" if n % 3 == 0 else "很好",
            created_at=f"2026-02-{1 + n // 4:02d}T0{n % 4}:00:00+08:00",
        )
        for n in range(20)
    ]
    service.post(rows)
    service.settle()
    found, cursor = [], None
    while True:
        params = {"product": "翻页", "limit": 7} | ({"cursor": cursor} if cursor else {})
        page = service.get("/v1/feedback", **params)
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    newest_first = sorted(rows, key=lambda r: (r["created_at"], r["id"]), reverse=True)
    assert found == [item["id"] for item in newest_first]
    negative = service.get("/v1/feedback", product="翻页", sentiment="negative")["items"]
    assert {item["id"] for item in negative} == {f"page-{n}" for n in range(0, 20, 3)}
    quality = service.get("/v1/feedback", product="翻页", category="quality", customer_id="c-0")
    assert {item["id"] for item in quality["items"]} == {f"page-{n}" for n in range(0, 20, 6)}
    day = service.get("/v1/feedback", product="翻页", since="2026-02-02", until="2026-02-03")
    assert {item["id"] for item in day["items"]} == {f"page-{n}" for n in range(4, 8)}


def test_a_plus_in_a_query_may_arrive_as_a_space(service) -> None:
    plain = service.admin.get("/v1/feedback?since=2026-03-01T00:00:00+08:00")
    assert plain.status_code == 200


def test_there_is_no_such_feedback(service) -> None:
    assert service.admin.get("/v1/feedback/nobody").status_code == 404


def test_the_same_request_is_done_once(service) -> None:
    headers = {"Idempotency-Key": "order-66"}
    client = service.admin
    first = client.post("/v1/feedback", json=[row(id="once")], headers=headers)
    again = client.post("/v1/feedback", json=[row(id="once")], headers=headers)
    assert first.json()["accepted"] == 1
    assert again.json() == first.json()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    other = client.post("/v1/feedback", json=[row(id="other")], headers=headers)
    assert other.status_code == 422
    assert service.admin.get("/v1/feedback/other").status_code == 404


def test_the_same_request_at_once_is_done_once(service) -> None:
    client, headers = service.admin, {"Idempotency-Key": "race"}
    rows = [row(id=f"race-{n}") for n in range(200)]

    def send(_: int) -> tuple[int, str | None]:
        answer = client.post("/v1/feedback", json=rows, headers=headers)
        return answer.json()["accepted"], answer.headers.get("Idempotent-Replayed")

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    assert [accepted for accepted, _ in answers] == [200] * 6
    assert sorted(str(replayed) for _, replayed in answers) == ["None", *["true"] * 5]


def test_overlapping_bodies_at_once_neither_lose_nor_double(service) -> None:
    client = service.admin

    def send(turn: int) -> int:
        rows = [row(id=f"overlap-{n}") for n in range(300)]
        return client.post("/v1/feedback", json=rows[:: 1 if turn % 2 else -1]).json()["accepted"]

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(send, range(6))) == 300
