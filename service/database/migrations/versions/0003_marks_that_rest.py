"""Marks of products whose look failed rest for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version."""
    op.add_column(
        "watch_marks", sa.Column("failures", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column(
        "watch_marks", sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_column("watch_marks", "rests_until")
    op.drop_column("watch_marks", "failures")
