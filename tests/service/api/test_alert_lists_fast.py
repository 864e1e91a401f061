"""Lists stay fast with 100,000 alerts: each filter is answered through an index."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from service.alerts import review_store, store
from service.alerts.state import State
from service.database import Database

ALERTS = 100_000
NOW = datetime(2026, 6, 1, tzinfo=UTC)
FILL = f"""
INSERT INTO alerts (id, fingerprint, incident, product, category, state, version, level, severity,
  onset, until, bins, observed, expected, upper, p, categories, authors, coordinated_share,
  coordinated_ids, suspected_coordination, keyphrases, quotes, reasons, last_evidence_at,
  raised_at, changed_at)
SELECT md5(n::text), md5((n %% 500)::text), n, 'product ' || n %% 500,
  (ARRAY['quality','price','service','safety'])[1 + (n %% 100 > 60)::int + (n %% 100 > 80)::int
    + (n %% 100 > 97)::int],
  CASE WHEN n %% 200 = 0 THEN 'firing' WHEN n %% 500 = 1 THEN 'acknowledged' ELSE 'resolved' END,
  1, CASE WHEN n %% 1000 = 0 THEN 1 WHEN n %% 100 = 0 THEN 2 ELSE 3 + n %% 2 END, 2,
  at, at, '{{hour}}', 40, 2.5, 8, 1e-9, '[]', '[]', 0, '{{}}', false, '{{}}', '[]', '[]', at, at, at
FROM (SELECT n, timestamptz '2026-06-01' - n * interval '5 minutes' AS at
      FROM generate_series(1, {ALERTS}) n) AS rows
"""


@pytest.fixture(scope="module")
def filled(database_url: str):
    database = Database(database_url, pool=2)
    with database.engine.begin() as connection:
        connection.exec_driver_sql(FILL)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE alerts")
    yield database
    database.close()


def plans_of(database: Database, ask) -> list[str]:
    """Return the plan, as run, of each statement on alerts that `ask` makes of a session."""
    statements: list[tuple[str, object]] = []

    def note(connection, cursor, statement, parameters, context, many) -> None:
        statements.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        with database.transaction() as session:
            ask(session)
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    with database.engine.connect() as connection:
        return [
            "\n".join(connection.exec_driver_sql(f"EXPLAIN (ANALYZE, TIMING OFF) {s}", p).scalars())
            for s, p in statements
            if s.startswith("SELECT")
        ]


QUERIES = {
    "all": store.Filters(),
    "firing": store.Filters(states=(State.FIRING,)),
    "open": store.Filters(states=(State.FIRING, State.ACKNOWLEDGED, State.REGRESSED)),
    "suppressed: none": store.Filters(states=(State.SUPPRESSED,)),
    "resolved": store.Filters(states=(State.RESOLVED,)),
    "product": store.Filters(product="product 7"),
    "unknown product": store.Filters(product="no such"),
    "category": store.Filters(category="safety"),
    "unknown category": store.Filters(category="no such"),
    "level I": store.Filters(level=1),
    "level III": store.Filters(level=3),
    "product and level": store.Filters(product="product 0", level=1),
    "a day of onsets": store.Filters(since=NOW - timedelta(days=200), until=NOW - timedelta(199)),
    "changed lately": store.Filters(changed_since=NOW - timedelta(hours=3)),
}


@pytest.mark.parametrize("filters", QUERIES.values(), ids=QUERIES)
def test_a_page_reads_an_index_and_few_rows(filled, filters: store.Filters) -> None:
    (plan,) = plans_of(filled, lambda session: store.listed(session, filters, None, 50))
    assert "Seq Scan on alerts" not in plan, plan


def test_what_every_page_asks_besides(filled) -> None:
    (standing,) = plans_of(filled, lambda session: store.standing(session, {"product 7"}))
    (overdue,) = plans_of(filled, lambda session: store.overdue(session, NOW))
    (lessons,) = plans_of(filled, lambda session: review_store.of_fingerprint(session, "x", "y", 3))
    for plan in (standing, overdue, lessons):
        assert "Seq Scan on alerts" not in plan, plan
