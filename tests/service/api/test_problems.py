"""Every error is a problem: its status, its type, its language, and nothing that was sent."""

import socket

import pytest

from service.api.languages import language_of

SECRET = "13800138000"
BAD = [
    pytest.param("GET", "/v1/nothing", {}, 404, "not-found", id="no-such-address"),
    pytest.param("PUT", "/v1/feedback", {}, 405, "method-not-allowed", id="no-such-method"),
    pytest.param("POST", "/v1/feedback", {"content": b"{"}, 400, "malformed", id="half-json"),
    pytest.param("POST", "/v1/feedback", {"content": b""}, 400, "malformed", id="no-body"),
    pytest.param(
        "POST", "/v1/feedback", {"content": "好".encode("gb18030")}, 400, "malformed", id="gb18030"
    ),
    pytest.param(
        "POST", "/v1/feedback", {"content": b"[" * 100_000}, 400, "malformed", id="too-deep"
    ),
    pytest.param("POST", "/v1/feedback", {"content": b'"text"'}, 422, "invalid", id="a-string"),
    pytest.param("POST", "/v1/feedback", {"content": b"7"}, 422, "invalid", id="a-number"),
    pytest.param(
        "POST", "/v1/feedback", {"json": {"id": SECRET}}, 422, "invalid", id="fields-missing"
    ),
    pytest.param("POST", "/v1/keys", {"content": b"{"}, 422, "invalid", id="half-json-key"),
    pytest.param("GET", "/v1/feedback?limit=0", {}, 422, "invalid", id="limit-0"),
    pytest.param("GET", "/v1/feedback?limit=1000", {}, 422, "invalid", id="limit-1000"),
    pytest.param("GET", "/v1/feedback?cursor=x", {}, 422, "invalid", id="no-cursor"),
    pytest.param("GET", "/v1/feedback?cursor=W10", {}, 422, "invalid", id="empty-cursor"),
    pytest.param("GET", "/v1/feedback?cursor=WzEsMl0", {}, 422, "invalid", id="other-cursor"),
    pytest.param("GET", "/v1/feedback?sentiment=angry", {}, 422, "invalid", id="no-sentiment"),
    pytest.param("GET", "/v1/feedback?since=soon", {}, 422, "invalid", id="no-time"),
    pytest.param("GET", "/v1/feedback?product=%00", {}, 422, "invalid", id="nul-in-query"),
    pytest.param("GET", "/v1/feedback/%00", {}, 422, "invalid", id="nul-in-path"),
    pytest.param("GET", "/v1/alerts/%00", {}, 422, "invalid", id="nul-in-alert"),
    pytest.param("GET", "/v1/customers/%00/score", {}, 422, "invalid", id="nul-in-customer"),
    pytest.param("GET", "/v1/alerts?state=lost", {}, 422, "invalid", id="no-state"),
    pytest.param("GET", "/v1/complaints?severity=4", {}, 422, "invalid", id="severity-4"),
    pytest.param("GET", "/v1/scores/runs/9999", {}, 404, "not-found", id="no-such-run"),
    pytest.param("GET", "/v1/scores/runs/x", {}, 422, "invalid", id="run-x"),
    pytest.param("DELETE", "/v1/customers/nobody", {}, 404, "not-found", id="no-such-customer"),
    pytest.param(
        "POST", "/v1/scores/run", {"json": {"as_of": "soon"}}, 422, "invalid", id="as-of-soon"
    ),
]


@pytest.mark.parametrize(("method", "path", "extra", "status", "slug"), BAD)
def test_problem(service, method, path, extra, status, slug) -> None:
    told = {}
    for language in ("en", "zh"):
        answer = service.admin.request(method, path, headers={"Accept-Language": language}, **extra)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["content-language"] == language
        body = answer.json()
        assert body["type"] == f"urn:tingyin:problem:{slug}"
        assert body["status"] == status
        assert SECRET not in answer.text
        told[language] = body["detail"]
    assert told["en"] != told["zh"]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("*", "en"),
        ("zh", "zh"),
        ("zh-Hans-CN", "zh"),
        ("fr-FR,fr;q=0.9", "en"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("en;q=0.3, zh-TW;q=0.7", "zh"),
        ("zh;q=0, en;q=0.1", "en"),
        ("zh;q=x", "en"),
        (";;,=", "en"),
    ],
)
def test_language(header: str | None, language: str) -> None:
    assert language_of(header) == language


def test_a_body_over_the_limit_is_refused(serve) -> None:
    with serve(max_body_bytes=2048) as running:
        row = {"id": "a", "text": "好" * 5000, "created_at": "2026-03-01"}
        announced = running.admin.post("/v1/feedback", json=[row])
        assert announced.status_code == 413
        assert announced.json()["type"] == "urn:tingyin:problem:too-large"

        def parts():
            for _ in range(100):
                yield b" " * 100

        streamed = running.admin.post("/v1/feedback", content=parts())
        assert streamed.status_code == 413
        assert running.get("/v1/feedback")["items"] == []


def test_a_length_that_is_no_number_is_refused(service) -> None:
    host, port = service.base.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        raw.sendall(b"POST /v1/feedback HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n")
        assert b" 400 " in raw.recv(4096) or b" 413 " in raw.recv(4096)


def test_what_fails_inside_is_told_without_details(serve, database_url) -> None:
    with serve() as running:
        import psycopg

        url = running.settings.database_url.get_secret_value()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP TABLE influencers")
        answer = running.admin.get("/v1/influencers")
        assert answer.status_code == 500
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["x-request-id"]
        assert "influencers" not in answer.text
