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


def test_a_trail_that_was_there_before_gets_its_positions_in_order(server_url: str) -> None:
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE older TEMPLATE template0")
    database = Database(server_url.replace("/postgres?", "/older?"), 1)
    migrate(database)
    with database.engine.begin() as connection:
        command.downgrade(config(connection), "0004")
    with database.transaction() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO alerts SELECT (jsonb_populate_record(NULL::alerts, jsonb_build_object("
            "'id', 'a', 'fingerprint', 'f', 'incident', 1, 'product', 'p', 'state', 'firing',"
            "'version', 1, 'level', 3, 'severity', 1, 'onset', now(), 'until', now(),"
            "'bins', '{hour}', 'observed', 1, 'expected', 1, 'upper', 1, 'p', 1,"
            "'categories', '[]'::jsonb, 'authors', '[]'::jsonb, 'coordinated_share', 0,"
            "'coordinated_ids', '{}', 'suspected_coordination', false, 'keyphrases', '{}',"
            "'quotes', '[]'::jsonb, 'reasons', '[]'::jsonb, 'last_evidence_at', now(),"
            "'raised_at', now(), 'changed_at', now()))).*"
        )
        for event in ("raise", "acknowledge"):
            session.connection().exec_driver_sql(
                "INSERT INTO alert_changes (alert_id, at, who, event, to_state, version)"
                f" VALUES ('a', now(), 'w', '{event}', 'firing', 1)"
            )
    migrate(database)
    assert drift(database) == []
    with database.engine.connect() as connection:
        lines = connection.exec_driver_sql(
            "SELECT position, event FROM alert_changes ORDER BY position"
        ).all()
    assert lines == [(1, "raise"), (2, "acknowledge")]
    database.close()
