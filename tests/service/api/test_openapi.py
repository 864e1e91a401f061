"""What the API says about itself: both languages, examples, and how it can fail."""

import re

import pytest

from service.api.docs_page import docs_page
from service.app import create_app
from service.settings import Settings

DOCUMENT = create_app(Settings()).openapi()
OPERATIONS = [
    (method, path, operation)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
]
IDS = [f"{method} {path}" for method, path, _ in OPERATIONS]
CHINESE = re.compile("[一-鿿]")
LATIN = re.compile("[A-Za-z]{3}")
GUARDED = [entry for entry in OPERATIONS if entry[1].startswith("/v1/")]


def test_it_is_openapi_3_1() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=IDS)
def test_summary_and_description_are_in_both_languages(method, path, operation) -> None:
    for text in (operation["summary"], operation["description"]):
        assert CHINESE.search(text), text
        assert LATIN.search(text), text


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=IDS)
def test_parameters_have_an_example_or_say_what_they_are(method, path, operation) -> None:
    for parameter in operation.get("parameters", []):
        schema = parameter["schema"]
        assert "examples" in schema or "description" in parameter or "enum" in str(schema)


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=IDS)
def test_bodies_have_examples(method, path, operation) -> None:
    if "requestBody" not in operation:
        return
    content = operation["requestBody"]["content"]["application/json"]
    if "examples" in content:
        assert len(content["examples"]["many"]["value"]) >= 1
        return
    text = str(content["schema"])
    names = re.findall(r"#/components/schemas/(\w+)", text)
    assert any("examples" in DOCUMENT["components"]["schemas"][name] for name in names)


@pytest.mark.parametrize(
    ("method", "path", "operation"), GUARDED, ids=[f"{m} {p}" for m, p, _ in GUARDED]
)
def test_problems_are_documented(method, path, operation) -> None:
    responses = operation["responses"]
    assert {"401", "403", "503"} <= set(responses)
    assert ("404" in responses) == ("{" in path)
    for status, response in responses.items():
        if int(status) >= 400:
            assert "application/problem+json" in response["content"], status
            assert CHINESE.search(response["description"])


def test_the_page_shows_every_operation_and_loads_nothing_from_elsewhere() -> None:
    page = docs_page(DOCUMENT)
    for method, path, operation in OPERATIONS:
        assert f"{method.upper()} {path}" in page
        assert operation["summary"].split(" ")[0] in page
    assert "<script" not in page
    assert not re.findall(r'(?:src|href)="https?:', page)


def test_the_page_and_the_document_are_served(service) -> None:
    assert service.client(None).get("/openapi.json").json()["openapi"].startswith("3.1")
    assert "POST /v1/feedback" in service.client(None).get("/docs").text
