"""Every endpoint × every way to ask wrongly, walked from the description of the API.

Whatever is asked, the answer is one that the endpoint describes, and a problem in both languages.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from service.api.rights import SCOPES, endpoints
from service.app import create_app
from service.settings import Settings

APP = create_app(Settings())
DOCUMENT = APP.openapi()
CHINESE = re.compile("[一-鿿]")
VERBS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
LONG = "长" * 20_001
UNKNOWN = {"string": "no-such-one", "integer": "999999"}


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    said: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def parameters(self, where: str) -> list[dict[str, Any]]:
        return [each for each in self.said.get("parameters", []) if each["in"] == where]

    def address(self, **given: str) -> str:
        """Return the path with these values, and ids that nobody has."""
        unknown = {each["name"]: UNKNOWN[kind_of(each)] for each in self.parameters("path")}
        return self.path.format(**unknown | given)

    @property
    def body(self) -> Any:
        """The example of the body, its times moved to where they may lie; None where none is."""
        if "requestBody" not in self.said:
            return None
        content = self.said["requestBody"]["content"]["application/json"]
        if "examples" in content:
            return content["examples"]["one"]["value"]
        return timely(properties(content["schema"])["examples"][0])

    @property
    def scopes(self) -> tuple[str, ...]:
        return RIGHTS[self.method, self.path]


def properties(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an object behind references and alternatives."""
    for each in (schema, *schema.get("anyOf", [])):
        if "$ref" in each:
            return DOCUMENT["components"]["schemas"][each["$ref"].rpartition("/")[2]]
    return schema


def kinds_of(schema: dict[str, Any]) -> set[str]:
    found = {schema.get("type", "")}
    return found | {each.get("type", "") for each in schema.get("anyOf", [])}


def kind_of(parameter: dict[str, Any]) -> str:
    return "string" if "string" in kinds_of(parameter["schema"]) else "integer"


def timely(example: dict[str, Any]) -> dict[str, Any]:
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    return example | {name: soon for name in ("until", "ends_at") if name in example}


RIGHTS = {
    (method, route.path_format): rights[0].scopes
    for route, rights in endpoints(APP.routes)
    for method in route.methods
}
OPERATIONS = [
    Operation(method.upper(), path, said)
    for path, item in DOCUMENT["paths"].items()
    for method, said in item.items()
    if path.startswith("/v1/")
]
NAMED = [each for each in OPERATIONS if each.parameters("path")]
WITH_BODY = [each for each in OPERATIONS if each.body is not None]
every = pytest.mark.parametrize("operation", OPERATIONS, ids=str)
every_named = pytest.mark.parametrize("operation", NAMED, ids=str)
every_with_body = pytest.mark.parametrize("operation", WITH_BODY, ids=str)


def is_told(
    operation: Operation, ask: Callable[[str], httpx.Response], status: int
) -> httpx.Response:
    """Check that a question gets this problem, described, and in both languages."""
    told = {}
    for language in ("en", "zh"):
        answer = ask(language)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert {"type", "title", "status", "detail"} <= set(problem)
        assert problem["type"].startswith("urn:tingyin:problem:")
        assert problem["status"] == status
        told[language] = problem["title"], problem["detail"]
        faults = [fault["detail"] for fault in problem.get("errors", [])]
        assert all(bool(CHINESE.search(text)) is (language == "zh") for text in faults), faults
    assert all(CHINESE.search(text) for text in told["zh"]), told
    assert not any(CHINESE.search(text) for text in told["en"]), told
    if status != 405:
        assert str(status) in operation.said["responses"], f"{status} is not described"
    return answer


def asking(
    client: httpx.Client, operation: Operation, address: str | None = None, **extra: object
) -> Callable[[str], httpx.Response]:
    """Return what asks in a language; with the example as the body where none is given."""
    if operation.body is not None and "content" not in extra:
        extra.setdefault("json", operation.body)

    def ask(language: str) -> httpx.Response:
        of_json = {"Content-Type": "application/json"} if "content" in extra else {}
        headers = {"Accept-Language": language, **of_json, **extra.get("headers", {})}
        rest = {name: value for name, value in extra.items() if name != "headers"}
        where = address or operation.address()
        return client.request(operation.method, where, headers=headers, **rest)

    return ask


@every
@pytest.mark.parametrize("key", [None, "ty_wrong", "ty_" + "a" * 5000, "x y"], ids=str)
def test_a_wrong_key(service, operation: Operation, key: str | None) -> None:
    answer = is_told(operation, asking(service.client(key), operation), 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@every
def test_a_missing_right(service, operation: Operation) -> None:
    for scope in set(SCOPES) - {"admin", *operation.scopes}:
        is_told(operation, asking(service.scoped(scope), operation), 403)


@every_named
def test_an_unknown_id(service, operation: Operation) -> None:
    if "404" not in operation.said["responses"]:
        pytest.fail("an address with a name in it may lead nowhere")
    is_told(operation, asking(service.admin, operation), 404)


@every_named
@pytest.mark.parametrize("wrong", ["%00", "a%00b", "长" * 300])
def test_a_wrong_id(service, operation: Operation, wrong: str) -> None:
    for each in operation.parameters("path"):
        where = operation.address(**{each["name"]: wrong})
        is_told(operation, asking(service.admin, operation, where), 422)


@every_named
@pytest.mark.parametrize("wrong", ["0", "-1", "1.5", "one", str(2**63), "9" * 400])
def test_a_wrong_number(service, operation: Operation, wrong: str) -> None:
    for each in operation.parameters("path"):
        if kind_of(each) == "integer":
            where = operation.address(**{each["name"]: wrong})
            is_told(operation, asking(service.admin, operation, where), 422)


@every
@pytest.mark.parametrize("wrong", ["a\x00b", LONG[:1001]], ids=["nul", "long"])
def test_a_wrong_query(service, operation: Operation, wrong: str) -> None:
    for each in operation.parameters("query"):
        ask = asking(service.admin, operation, params={each["name"]: wrong})
        is_told(operation, ask, 422)


@every
def test_a_wrong_header(service, operation: Operation) -> None:
    for each in operation.parameters("header"):
        name = each["name"]
        if name.lower() == "accept-language":
            continue
        for wrong in ("soon soon", "1" * 400, ""):
            if name.lower() == "if-match" or wrong:
                ask = asking(service.admin, operation, headers={name: wrong})
                is_told(operation, ask, 422)


# The id of a customer may hold a slash, so this address is one of those that erase.
ELSEWHERE = {
    f"/v1/customers/{{customer_id}}/{what}": ("DELETE",)
    for what in ("score", "tags", "actions", "links")
}


@pytest.mark.parametrize("path", sorted({each.path for each in OPERATIONS}))
def test_a_wrong_method(service, path: str) -> None:
    known = {each.method: each for each in OPERATIONS if each.path == path}
    (some, *_) = known.values()
    for method in (VERBS | {"TRACE"}) - {*known, *ELSEWHERE.get(path, ())}:
        other = Operation(method, path, some.said)
        is_told(other, asking(service.admin, other, some.address()), 405)


def bodies_of(operation: Operation) -> Iterator[tuple[str, object]]:
    """Yield the example with one thing wrong in it, for everything that can be wrong."""
    schema = properties(operation.said["requestBody"]["content"]["application/json"]["schema"])
    right = operation.body
    yield "an unknown field", right | {"no_such_field": 1}
    for name, own in schema["properties"].items():
        kinds = kinds_of(own)
        if "string" in kinds or "enum" in own:
            yield f"NUL in {name}", right | {name: "a\x00b"}
            yield f"half a character in {name}", right | {name: "a\ud800"}
            yield f"too much in {name}", right | {name: LONG}
            yield f"a list as {name}", right | {name: ["a"]}
        if "integer" in kinds or "number" in kinds:
            yield f"too large a {name}", right | {name: 10**30}
            yield f"a word as {name}", right | {name: "many"}
        if "array" in kinds:
            yield f"no list as {name}", right | {name: 7}
            yield f"NUL in a {name}", right | {name: ["a\x00b"]}
            yield f"too many {name}", right | {name: ["a"] * 60_000}
        if "null" not in kinds:
            yield f"null as {name}", right | {name: None}
    for name in schema.get("required", []):
        yield f"no {name}", {key: value for key, value in right.items() if key != name}


@every_with_body
def test_a_wrong_body(service, operation: Operation) -> None:
    if "oneOf" in operation.said["requestBody"]["content"]["application/json"]["schema"]:
        pytest.skip("rows are answered one by one; see the tests of the domain")
    for what, body in bodies_of(operation):
        try:
            is_told(operation, asking(service.admin, operation, content=json.dumps(body)), 422)
        except AssertionError as error:
            raise AssertionError(f"{what}: {error}") from error


@every_with_body
@pytest.mark.parametrize("text", [b"{", b"\xff", b"[" * 5000], ids=["half", "no text", "deep"])
def test_what_is_no_json(service, operation: Operation, text: bytes) -> None:
    ask = asking(service.admin, operation, content=text)
    status = ask("en").status_code
    assert status in (400, 422)
    is_told(operation, ask, status)


def test_nothing_was_stored_by_all_this(service) -> None:
    for path in ("/v1/alerts", "/v1/silences", "/v1/routes", "/v1/reviews", "/v1/deliveries"):
        assert service.get(path)["items"] == []
