"""The database: embedded or one's own, brought to this version once, by whoever comes first."""

import os
import stat
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from alembic import command

from service.database import Database, embedded_postgres, migrate
from service.database.migrate import config, drift
from service.errors import OutputError


def test_the_migrations_give_exactly_the_tables_of_the_code(database_url: str) -> None:
    database = Database(database_url)
    assert drift(database) == []
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE alerts DROP COLUMN upper")
    assert len(drift(database)) == 1
    database.close()


def test_processes_that_start_together_migrate_once(server_url: str) -> None:
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE fresh TEMPLATE template0")
    databases = [Database(server_url.replace("/postgres?", "/fresh?"), 1) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(migrate, databases))
    assert drift(databases[0]) == []
    for database in databases:
        database.close()


def test_new_steps_of_the_queue_are_applied(database_url: str) -> None:
    database = Database(database_url)
    last = "03.04.00_50_post_add_retry_failed_job_procedure.sql"
    with database.engine.begin() as connection:
        connection.exec_driver_sql(
            "DROP TRIGGER procrastinate_trigger_status_events_update_v1 ON procrastinate_jobs"
        )
        connection.exec_driver_sql(f"DELETE FROM queue_steps WHERE name = '{last}'")
    migrate(database)
    with database.engine.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT count(*) FROM pg_trigger "
            "WHERE tgname = 'procrastinate_trigger_status_events_update_v1'"
        ).scalar_one()
    assert found == 1
    database.close()


def test_the_embedded_server_keeps_its_data_and_belongs_to_one() -> None:
    with tempfile.TemporaryDirectory(prefix="tingyin-test-") as name:
        folder = Path(name) / "data"
        with embedded_postgres(folder) as url:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
                shown = connection.execute("SHOW listen_addresses").fetchone()
            assert shown == ("",)
            with pytest.raises(OutputError, match="in use"), embedded_postgres(folder):
                pass
            socket = next(Path(url.partition("host=")[2]).glob(".s.PGSQL.*[0-9]"))
            assert stat.S_IMODE(socket.stat().st_mode) == 0o700
        with embedded_postgres(folder) as url, psycopg.connect(url) as connection:
            assert connection.execute("SELECT n FROM kept").fetchone() == (7,)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="cannot be written"), embedded_postgres(tmp_path / "x"):
        pass


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here first")
    with (
        pytest.raises(OutputError, match="cannot be written"),
        embedded_postgres(tmp_path / "file"),
    ):
        pass


LINES = "INSERT INTO alert_changes (alert_id, at, who, event, to_state, version) VALUES "
LINE = "('a', now(), 'w', '{}', 'firing', 1)"
# What a database of each version may hold, beside what one of the version before does.
HELD = {
    "0004": f"""
INSERT INTO alerts SELECT (jsonb_populate_record(NULL::alerts, jsonb_build_object(
 'id', 'a', 'fingerprint', 'f', 'incident', 1, 'product', 'p', 'state', 'firing',
 'version', 1, 'level', 3, 'severity', 1, 'onset', now(), 'until', now(),
 'bins', '{{hour}}', 'observed', 1, 'expected', 1, 'upper', 1, 'p', 1,
 'categories', '[]'::jsonb, 'authors', '[]'::jsonb, 'coordinated_share', 0,
 'coordinated_ids', '{{}}', 'suspected_coordination', false, 'keyphrases', '{{}}',
 'quotes', '[]'::jsonb, 'reasons', '[]'::jsonb, 'last_evidence_at', now(),
 'raised_at', now(), 'changed_at', now()))).*;
{LINES} {LINE.format("raise")}, {LINE.format("acknowledge")};
""",
    "0005": f"""
INSERT INTO silences (id, starts_at, ends_at, who, comment, created_at)
 VALUES ('s', now(), now(), 'w', 'c', now());
INSERT INTO alert_reviews VALUES ('a', 1, 'w', 'c', '{{}}', 'l', 'w', now());
{LINES} {LINE.format("comment")};
""",
    "0006": """
INSERT INTO alert_owners VALUES ('a', 'o', NULL, true, now());
INSERT INTO alert_escalations VALUES ('a', 'respond', 1, 'warn', true, now());
""",
    "0007": """
INSERT INTO routes (name, kind, sealed_target, target_hint, bucket, format, language, products,
 categories, level, events, window_seconds, enabled, created_at, created_by, changed_at, failures)
 VALUES ('r', 'webhook', 's', 'h', 'b', 'standard', 'zh', '{}', '{}', 4, '{}', 0, true, now(),
 'w', now(), 0);
INSERT INTO outbox_events (alert_id, event, level, at, snapshot)
 VALUES ('a', 'raise', 3, now(), '{}');
INSERT INTO deliveries (event_number, route_id, state, parts_sent, attempts, created_at, due_at)
 VALUES (1, 1, 'waiting', 0, 0, now(), now());
INSERT INTO rate_windows VALUES ('b', '{}');
""",
    "0009": """
INSERT INTO feedback (id, masked_text, created_at, likes, reposts, saves, replies,
 author_followers, received_at) VALUES ('f', 't', now(), 0, 0, 0, 0, 0, now());
INSERT INTO score_runs (as_of, state, requested_by, requested_at)
 VALUES (now(), 'done', 'w', now());
INSERT INTO customer_scores (customer_id, as_of, tier, score, dimensions, care, reasons,
 features_version, policy_version, run_id)
 VALUES ('c', now(), 'basic', 1, '{"commercial": 1}', false, '[]', '2', '2026.11', 1);
""",
}
# What a newer version finds in the rows of that one.
FOUND = {
    "SELECT known_at FROM feedback": (None,),
    "SELECT daily FROM score_runs": (False,),
    "SELECT p_alive, expected_orders_12m, value_12m, dimensions->'risk' FROM customer_scores": (
        None,
        None,
        None,
        None,
    ),
}


def emptied(server_url: str, name: str) -> Database:
    """Return a database of this version that was taken back to version 0004."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    database = Database(server_url.replace("/postgres?", f"/{name}?"), 1)
    migrate(database)
    with database.engine.begin() as connection:
        command.downgrade(config(connection), "0004")
    return database


def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


@pytest.mark.parametrize("version", HELD)
def test_a_database_of_an_older_version_goes_on_and_back_with_what_it_holds(
    server_url: str, version: str
) -> None:
    database = emptied(server_url, f"older_{version}")
    for step in (each for each in HELD if each <= version):
        with database.engine.begin() as connection:
            command.upgrade(config(connection), step)
            connection.exec_driver_sql(HELD[step])
    migrate(database)
    assert drift(database) == []
    events = ["raise", "acknowledge", *(["comment"] if version > "0004" else [])]
    trail = "SELECT position, event FROM alert_changes ORDER BY position"
    assert rows(database, trail) == list(enumerate(events, start=1))
    told = version >= "0007"
    assert rows(database, "SELECT untold FROM outbox_events") == [(False,)] * told
    assert rows(database, "SELECT roles FROM routes") == [([],)] * told
    for query, row in FOUND.items():
        assert rows(database, query) == [row] * (version >= "0009")
    for step in reversed(HELD):
        with database.engine.begin() as connection:
            command.downgrade(config(connection), step)
    assert rows(database, "SELECT state FROM alerts") == [("firing",)]
    back = rows(database, "SELECT event FROM alert_changes ORDER BY number")
    assert back == [(event,) for event in events]
    migrate(database)
    assert drift(database) == []
    database.close()
