"""Looks at products are counted; signals say whether their words are still to come."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version."""
    op.create_table(
        "watch_looks",
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("product", name=op.f("pk_watch_looks")),
    )
    op.add_column(
        "signals", sa.Column("explained", sa.Boolean(), server_default="true", nullable=False)
    )
    op.create_index(
        "ix_signals_unexplained",
        "signals",
        ["feedback_id"],
        postgresql_where=sa.text("NOT explained"),
    )


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_index("ix_signals_unexplained", table_name="signals")
    op.drop_column("signals", "explained")
    op.drop_table("watch_looks")
