"""The life of alerts: silences, reviews, acknowledgements that end, a trail that only grows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)

# Numbers are given when a line is written, and lines become visible when their transaction ends:
# 12 may be seen before 11. Positions are given one transaction after the other, as the last thing
# before its end, and the lock goes only when its lines can be seen.
PLACED = """
CREATE SEQUENCE alert_positions AS bigint;
UPDATE alert_changes SET position = nextval('alert_positions')
  FROM (SELECT number FROM alert_changes ORDER BY number) AS old
 WHERE old.number = alert_changes.number;
CREATE FUNCTION place_alert_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(1634493556);
  UPDATE alert_changes SET position = nextval('alert_positions')
   WHERE number = NEW.number AND position IS NULL;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER alert_changes_placed AFTER INSERT ON alert_changes
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION place_alert_change();
"""

# A line goes only with its alert (by the foreign key); its position is given once.
ONLY_GROWS = """
CREATE FUNCTION keep_alert_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT 1 FROM alerts WHERE id = OLD.alert_id) THEN
      RETURN OLD;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF OLD.position IS NULL THEN
      OLD.position := NEW.position;
      IF NEW IS NOT DISTINCT FROM OLD THEN
        RETURN NEW;
      END IF;
    END IF;
  END IF;
  RAISE EXCEPTION 'alert_changes only grows: its lines are neither changed nor deleted'
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER alert_changes_kept BEFORE UPDATE OR DELETE ON alert_changes
  FOR EACH ROW EXECUTE FUNCTION keep_alert_change();
CREATE TRIGGER alert_changes_not_emptied BEFORE TRUNCATE ON alert_changes
  FOR EACH STATEMENT EXECUTE FUNCTION keep_alert_change();
"""

INDEXES = {
    "ix_alerts_product_raised": ["product", "raised_at", "id"],
    "ix_alerts_category_raised": ["category", "raised_at", "id"],
    "ix_alerts_level": ["level"],
    "ix_alerts_onset": ["onset"],
    "ix_alerts_changed": ["changed_at"],
}


def upgrade() -> None:
    """Go to this version."""
    op.add_column("alerts", sa.Column("acknowledged_until", TIME, nullable=True))
    op.create_index(
        "ix_alerts_acknowledged",
        "alerts",
        ["acknowledged_until"],
        postgresql_where=sa.text("state='acknowledged'"),
    )
    op.create_index(
        "ix_alerts_open",
        "alerts",
        ["raised_at", "id"],
        postgresql_where=sa.text("state <> 'resolved'"),
    )
    for name, columns in INDEXES.items():
        op.create_index(name, "alerts", columns)
    op.add_column("alert_changes", sa.Column("position", sa.BigInteger(), nullable=True))
    op.create_unique_constraint(op.f("uq_alert_changes_position"), "alert_changes", ["position"])
    op.execute(PLACED)
    op.execute(ONLY_GROWS)
    _create_reviews()
    _create_silences()


def _create_reviews() -> None:
    op.create_table(
        "alert_reviews",
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("what_happened", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("actions", ARRAY(sa.Text()), nullable=False),
        sa.Column("lessons", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("written_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"],
            ["alerts.id"],
            name=op.f("fk_alert_reviews_alert_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("alert_id", "version", name=op.f("pk_alert_reviews")),
    )
    op.create_index("ix_alert_reviews_written", "alert_reviews", ["written_at", "alert_id"])


def _create_silences() -> None:
    op.create_table(
        "silences",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=True),
        sa.Column("product_glob", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("level", sa.BigInteger(), nullable=True),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silences")),
    )
    for column in ("ends_at", "created_at"):
        op.create_index(op.f(f"ix_silences_{column}"), "silences", [column])


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_table("silences")
    op.drop_table("alert_reviews")
    for trigger in ("placed", "kept", "not_emptied"):
        op.execute(f"DROP TRIGGER alert_changes_{trigger} ON alert_changes")
    op.execute("DROP FUNCTION place_alert_change(), keep_alert_change()")
    op.execute("DROP SEQUENCE alert_positions CASCADE")
    op.drop_column("alert_changes", "position")
    for name in ("ix_alerts_acknowledged", "ix_alerts_open", *INDEXES):
        op.drop_index(name, "alerts")
    op.drop_column("alerts", "acknowledged_until")
