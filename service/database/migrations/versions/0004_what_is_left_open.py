"""Signals name the answers that are left open."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version."""
    op.add_column(
        "signals", sa.Column("left_open", ARRAY(sa.Text()), server_default="{}", nullable=False)
    )


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_column("signals", "left_open")
