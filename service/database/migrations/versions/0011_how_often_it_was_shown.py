"""How often a text was shown."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version; of rows that are there nothing was told."""
    op.add_column(
        "feedback", sa.Column("impressions", sa.BigInteger(), server_default="0", nullable=False)
    )


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_column("feedback", "impressions")
