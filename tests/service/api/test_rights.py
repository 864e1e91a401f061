"""Who may do what: every endpoint, every scope, and the first key."""

import re
import stat

import pytest
from fastapi import APIRouter, FastAPI

from service.api.rights import PUBLIC, SCOPES, allow, endpoints, require_declared
from service.app import create_app
from service.settings import Settings

PUBLIC_PATHS = {"/health/live", "/health/ready", "/metrics", "/docs", "/openapi.json"}
ENDPOINTS = [
    (method, route.path_format, rights[0].scopes)
    for route, rights in endpoints(create_app(Settings()).routes)
    for method in sorted(route.methods)
]
GUARDED = [entry for entry in ENDPOINTS if entry[2]]
NAMED = [f"{method} {path}" for method, path, _ in GUARDED]


def test_every_endpoint_declares_exactly_one_right() -> None:
    app = create_app(Settings())
    assert all(len(rights) == 1 for _, rights in endpoints(app.routes))
    documented = {
        (method.upper(), path) for path, item in app.openapi()["paths"].items() for method in item
    }
    walked = {(method, path) for method, path, _ in ENDPOINTS}
    assert walked - documented == {("GET", "/docs"), ("GET", "/openapi.json")}
    assert documented <= walked


def test_nothing_but_the_public_paths_is_public() -> None:
    assert {path for _, path, scopes in ENDPOINTS if not scopes} == PUBLIC_PATHS


@pytest.mark.parametrize("rights", [[], [allow("pr"), PUBLIC]], ids=["none", "two"])
def test_an_endpoint_without_one_right_stops_the_start(rights: list[object]) -> None:
    router = APIRouter()
    router.add_api_route("/loose", lambda: None, dependencies=rights)
    app = FastAPI(openapi_url=None)
    app.include_router(router)
    with pytest.raises(RuntimeError, match="/loose"):
        require_declared(app)


@pytest.mark.parametrize(("method", "path", "scopes"), GUARDED, ids=NAMED)
def test_without_a_key_nothing_guarded_answers(service, method, path, scopes) -> None:
    address = re.sub(r"{[a-z]+_id}", "1", path)
    for key in (None, "ty_wrong", ""):
        answer = service.client(key).request(method, address)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(("method", "path", "scopes"), GUARDED, ids=NAMED)
def test_a_scope_opens_what_it_is_for_and_nothing_else(service, method, path, scopes) -> None:
    address = re.sub(r"{[a-z]+_id}", "999", path)
    for scope in SCOPES:
        allowed = scope in scopes or scope == "admin"
        with service.scoped(scope).stream(method, address) as answer:
            status = answer.status_code
        assert (status == 403) is not allowed, (scope, status)
        assert status < 500


def test_a_key_in_its_own_header_does_too(service) -> None:
    client = service.client(None, **{"X-API-Key": service.admin_key})
    assert client.get("/v1/alerts").status_code == 200


def test_a_revoked_key_is_worthless_at_once(service) -> None:
    made = service.admin.post("/v1/keys", json={"name": "leaver", "scopes": ["pr"]}).json()
    client = service.client(made["key"])
    assert client.get("/v1/alerts").status_code == 200
    assert service.admin.delete(f"/v1/keys/{made['id']}").status_code == 200
    assert client.get("/v1/alerts").status_code == 401


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({"name": "admin", "scopes": ["pr"]}, 409),
        ({"name": "x", "scopes": ["root"]}, 422),
        ({"name": "x", "scopes": []}, 422),
        ({"name": "", "scopes": ["pr"]}, 422),
        ({"name": "x"}, 422),
    ],
)
def test_keys_that_cannot_be_made(service, wanted: object, status: int) -> None:
    assert service.admin.post("/v1/keys", json=wanted).status_code == status


def test_the_last_admin_key_stays(service) -> None:
    keys = service.get("/v1/keys")["items"]
    admins = [key for key in keys if "admin" in key["scopes"] and not key["revoked_at"]]
    for key in admins[1:]:
        service.admin.delete(f"/v1/keys/{key['id']}")
    service.keys.pop("admin", None)
    assert service.admin.delete(f"/v1/keys/{admins[0]['id']}").status_code == 409


def test_keys_are_stored_as_hashes_only(service, database_url: str) -> None:
    import psycopg

    with psycopg.connect(database_url) as connection:
        stored = connection.execute("SELECT * FROM api_keys").fetchall()
    assert service.admin_key not in str(stored)
    assert all("key" not in key for key in service.get("/v1/keys")["items"])


def test_the_first_key_is_for_its_owner_only(service) -> None:
    file = service.settings.data_dir / "admin-key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_mount_stops_the_start_too() -> None:
    app = FastAPI(openapi_url=None)
    app.mount("/files", FastAPI(openapi_url=None))
    with pytest.raises(RuntimeError, match="/files"):
        require_declared(app)
