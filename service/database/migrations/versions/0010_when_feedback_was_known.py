"""When feedback came to be known; what a customer will bring; the daily run of the tiering job."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

LIFETIME: dict[str, sa.types.TypeEngine[Any]] = {
    "p_alive": sa.Double(),
    "expected_orders_12m": sa.Double(),
    "value_12m": sa.BigInteger(),
}


def upgrade() -> None:
    """Go to this version; rows that are there keep null: not told, not measured."""
    op.add_column("feedback", sa.Column("known_at", sa.DateTime(timezone=True)))
    for name, kind in LIFETIME.items():
        op.add_column("customer_scores", sa.Column(name, kind))
    op.add_column(
        "score_runs", sa.Column("daily", sa.Boolean(), server_default="false", nullable=False)
    )


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_column("score_runs", "daily")
    for name in reversed(LIFETIME):
        op.drop_column("customer_scores", name)
    op.drop_column("feedback", "known_at")
