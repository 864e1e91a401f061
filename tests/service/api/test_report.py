"""The report of an alert over HTTP: every format, both languages, and who may read it."""

import io
import json

import pytest
from pypdf import PdfReader

from tests.service.api.test_alerts import crisis, raised


@pytest.fixture(scope="module")
def alert(service) -> dict[str, object]:
    service.post(crisis("通报"))
    return raised(service, "通报")


@pytest.mark.parametrize(
    ("form", "media", "words"),
    [
        ("md", "text/markdown", "# 舆情通报"),
        ("html", "text/html", "<h1>舆情通报</h1>"),
        ("pdf", "application/pdf", "舆情通报"),
    ],
)
def test_the_report_in_every_format(service, alert, form, media, words) -> None:
    path = f"/v1/alerts/{alert['id']}/report"
    answer = service.scoped("support").get(path, params={"format": form, "language": "zh"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith(media)
    told = answer.text
    if form == "pdf":
        pages = PdfReader(io.BytesIO(answer.content)).pages
        told = "\n".join(page.extract_text() for page in pages)
    assert words in told
    assert "通报" in told
    assert "无数据" in told


def test_the_proofs_are_those_of_the_alert(service, alert) -> None:
    path = f"/v1/alerts/{alert['id']}/report"
    answer = service.scoped("pr").get(path, params={"format": "jsonl"})
    proofs = [json.loads(line) for line in answer.text.splitlines()]
    assert set(proofs[0]["ids"]) == set(alert["evidence"])
    assert {one for proof in proofs for one in proof["ids"]} <= set(alert["evidence"])


@pytest.mark.parametrize(("accepted", "title"), [("zh-CN", "舆情通报"), ("en", "Crisis report")])
def test_the_language_is_that_of_the_request(service, alert, accepted, title) -> None:
    path = f"/v1/alerts/{alert['id']}/report"
    answer = service.admin.get(path, headers={"Accept-Language": accepted})
    assert answer.text.startswith(f"# {title}")


@pytest.mark.parametrize(
    ("scope", "path", "status"),
    [
        ("tiering", "{id}/report", 403),
        ("pr", "nobody/report", 404),
        ("pr", "{id}/report?format=docx", 422),
        ("pr", "{id}/report?language=fr", 422),
    ],
)
def test_what_is_refused(service, alert, scope, path, status) -> None:
    answer = service.scoped(scope).get("/v1/alerts/" + path.format(id=alert["id"]))
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("application/problem+json")
