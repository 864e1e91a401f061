"""Reach counts how often a text was shown."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BEFORE = "likes + saves + 2 * replies + 5 * reposts + author_followers / 50"
SINCE = "likes + saves + 2 * replies + 5 * reposts + impressions / 200 + author_followers / 50"


def upgrade() -> None:
    """Go to this version; the reach of all rows is computed anew."""
    _compute(SINCE)


def downgrade() -> None:
    """Go back to the version before."""
    _compute(BEFORE)


def _compute(reach: str) -> None:
    """Make the column anew: before PostgreSQL 17 its formula cannot be changed."""
    op.drop_column("feedback", "reach")
    column = sa.Column("reach", sa.BigInteger(), sa.Computed(reach, persisted=True), nullable=False)
    op.add_column("feedback", column)
