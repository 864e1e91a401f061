"""News of alerts that were kept quiet and are still to be told; roles that routes ask for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version."""
    _add("outbox_events", sa.Column("untold", sa.Boolean(), nullable=False), "false")
    op.create_index(
        "ix_outbox_events_untold",
        "outbox_events",
        ["alert_id"],
        postgresql_where=sa.text("untold"),
    )
    _add("routes", sa.Column("roles", ARRAY(sa.Text()), nullable=False), "'{}'")


def _add(table: str, column: sa.Column[object], present: str) -> None:
    """Add a column with a value for the rows that are there; later rows bring their own."""
    column.server_default = sa.DefaultClause(sa.text(present))
    op.add_column(table, column)
    op.alter_column(table, column.name, server_default=None)


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_column("routes", "roles")
    op.drop_index("ix_outbox_events_untold", "outbox_events")
    op.drop_column("outbox_events", "untold")
