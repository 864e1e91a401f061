"""A start that fails says why: what a real PostgreSQL refuses, and every other error by kind."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
import structlog
from psycopg import sql

from service.app import create_app
from service.database.refusals import REMEDIES
from service.errors import SettingError
from service.exit_codes import ExitCode
from service.runtime import Parts
from service.settings import Settings
from tests.service.api.conftest import settings_for

PASSWORD = "p-4f9a-secret"
NUMBERS = count(1)
ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-c", "from service.cli import main; main()", "serve", "--port", "0"]
RAISING = (
    "CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql "
    f"AS $$BEGIN RAISE '{PASSWORD}'; END$$"
)

REFUSED = [
    pytest.param(
        ["REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}"],
        ("permission denied for schema public", "GRANT USAGE, CREATE"),
        id="no-create",
    ),
    pytest.param(
        ["REVOKE ALL ON SCHEMA public FROM PUBLIC"],
        ("no schema has been selected to create in", "GRANT USAGE, CREATE"),
        id="no-usage",
    ),
    pytest.param(
        ["GRANT ALL ON SCHEMA public TO {role}", "CREATE TABLE alembic_version (version_num text)"],
        ("permission denied for table alembic_version", "to own its tables"),
        id="tables-of-another-role",
    ),
    pytest.param(
        ["GRANT ALL ON SCHEMA public TO {role}", "CREATE TABLE orders (mine text)"],
        ('relation "orders" already exists', "database of its own"),
        id="tables-of-another-program",
    ),
    pytest.param(
        [
            "GRANT ALL ON SCHEMA public TO {role}",
            "CREATE TYPE procrastinate_job_status AS ENUM ('mine')",
        ],
        ('type "procrastinate_job_status" already exists', "database of its own"),
        id="queue-of-another-program",
    ),
    pytest.param(
        [
            "GRANT ALL ON SCHEMA public TO {role}",
            "ALTER ROLE {role} SET default_transaction_read_only TO on",
        ],
        ("read-only transaction", "primary server"),
        id="read-only",
    ),
    pytest.param(
        [
            "GRANT ALL ON SCHEMA public TO {role}",
            "CREATE TABLE alembic_version (version_num text)",
            "INSERT INTO alembic_version VALUES ('9999')",
            "GRANT ALL ON alembic_version TO {role}",
        ],
        ("newer Tingyin", "another database"),
        id="newer-version",
    ),
    pytest.param(
        [
            "GRANT ALL ON SCHEMA public TO {role}",
            RAISING,
            "CREATE EVENT TRIGGER no ON ddl_command_start EXECUTE FUNCTION no()",
        ],
        ("RaiseException (P0001)", "log of the database server"),
        id="anything-else",
    ),
]


@pytest.fixture
def restricted(server_url: str) -> Callable[[list[str]], str]:
    """Make a role and an empty database, run statements there, return the URL of the role."""

    def make(statements: list[str]) -> str:
        name = f"refused_{next(NUMBERS)}"
        role, own = sql.Identifier(name), server_url.replace("/postgres?", f"/{name}?")
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(role))
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(PASSWORD))
            )
        with psycopg.connect(own, autocommit=True) as connection:
            for statement in statements:
                connection.execute(sql.SQL(statement).format(role=role))
        return own.replace("postgres:@", f"{name}:{quote(PASSWORD)}@")

    return make


def start(settings: Settings, parts: Parts | None = None) -> None:
    """Start the application and stop it again."""

    async def once() -> None:
        app = create_app(settings, parts or Parts())
        async with app.router.lifespan_context(app):
            pass

    asyncio.run(once())


@pytest.mark.parametrize(("statements", "told"), REFUSED)
def test_what_the_database_refuses_is_told(restricted, tmp_path, statements, told) -> None:
    settings = settings_for(restricted(statements), tmp_path, worker=False)
    with pytest.raises(SettingError) as raised:
        start(settings)
    message = raised.value.message
    assert [words for words in told if words not in message.en] == []
    assert PASSWORD not in message.en + message.zh
    assert message.en != message.zh


def test_every_remedy_has_a_refusal_above() -> None:
    assert set(REMEDIES) == {"42501", "3F000", "42P07", "42710", "25006"}


def test_serve_says_what_the_database_refuses(restricted, tmp_path: Path) -> None:
    url = restricted(["REVOKE CREATE ON SCHEMA public FROM PUBLIC"])
    own = {k: v for k, v in os.environ.items() if not k.startswith("TINGYIN_")}
    ended = subprocess.run(
        [*COMMAND, "--data-dir", str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=own | {"TINGYIN_LANG": "en", "TINGYIN_DATABASE_URL": url},
        timeout=120,
        check=False,
    )
    assert ended.returncode == ExitCode.BAD_INPUT, ended.stderr
    assert "permission denied for schema public" in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr
    assert PASSWORD not in ended.stdout + ended.stderr


def test_any_other_error_is_logged_by_kind_and_place(database_url: str, tmp_path: Path) -> None:
    def broken_clock() -> datetime:
        raise ZeroDivisionError(PASSWORD)

    settings = settings_for(database_url, tmp_path, worker=False)
    with structlog.testing.capture_logs() as logs, pytest.raises(ZeroDivisionError):
        start(settings, Parts(now=broken_clock))
    (line,) = [entry for entry in logs if entry["event"] == "service ended by an error"]
    assert line["error"] == "ZeroDivisionError"
    assert line["frames"][-1].endswith("broken_clock")
    assert PASSWORD not in str(logs)
