"""Owners of alerts, what was told of their clocks, and the level in every line of the trail."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version."""
    op.add_column("alert_changes", sa.Column("level", sa.BigInteger(), nullable=True))
    op.create_table(
        "alert_owners",
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("by_person", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"],
            ["alerts.id"],
            name=op.f("fk_alert_owners_alert_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_alert_owners")),
    )
    op.create_index(op.f("ix_alert_owners_owner"), "alert_owners", ["owner"])
    op.create_table(
        "alert_escalations",
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"],
            ["alerts.id"],
            name=op.f("fk_alert_escalations_alert_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "alert_id", "clock", "run", "step", name=op.f("pk_alert_escalations")
        ),
    )


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_table("alert_escalations")
    op.drop_table("alert_owners")
    op.drop_column("alert_changes", "level")
