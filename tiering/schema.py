"""The contracts of the tiering room: the tables that come in, and the scores that go out.

Inside the room, times are whole microseconds since 1970 UTC, money is whole fen, and a list of
labels is one 0/1 column per label (`intents_request`, `complaint_logistics`).
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from nlp.labels import COMPLAINTS, INTENTS, SENTIMENTS
from tiering.errors import ContractError

Kind = Literal["id", "text", "time", "fen", "refund", "count", "number", "flag", "choice", "labels"]

MOST_COUNT = 10**10
MOST_FEN = 10**12
"""Largest amount of one order: ten billion yuan; sums of a million such orders still fit."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, what its cells are, and whether each row must have it.

    `allowed` are the values of a choice, or the labels of a list; `most` is the largest count. A
    `refund` may be a word or fen, so that a lone 1 is refused; a column that only holds fen comes
    as `refunded_fen`, where 1 is one fen.
    """

    name: str
    kind: Kind
    required: bool = False
    allowed: tuple[str, ...] = ()
    most: int = MOST_COUNT


@dataclass(frozen=True, slots=True)
class Contract:
    """One table: its columns, when its rows happened, and what makes two rows the same thing.

    `event` is the column that may not lie after the moment of scoring; `key` is empty where equal
    rows are separate events; `known_at` in any table is when the row came to be known. Of
    `snapshots` the older rows of a key are kept beside the one that counts.
    """

    table: str
    columns: tuple[Column, ...]
    event: str
    key: str = ""
    snapshots: bool = False

    def names(self) -> tuple[str, ...]:
        """Return the columns, and `line`, the place of a row in its file."""
        return (*(column.name for column in self.columns), "line")

    def demand(self, present: list[str]) -> None:
        """Raise where a column that each row must have is not there at all.

        Raises
        ------
        ContractError
            Names the missing columns, those that are there, and the remedy.
        """
        required = [column.name for column in self.columns if column.required]
        missing = [name for name in required if name not in present]
        if missing:
            raise ContractError(
                f"{self.table}: no column {', '.join(missing)}; required are "
                f"{', '.join(required)}; found are {', '.join(present) or 'none'}; "
                "rename or add the columns",
                f"{self.table} 表缺少列 {'、'.join(missing)}；必需列为 {'、'.join(required)}；"
                f"现有列为 {'、'.join(present) or '无'}；请改名或补充",
            )


KNOWN_AT = Column("known_at", "time")

ORDERS = Contract(
    "orders",
    (
        Column("order_id", "id", required=True),
        Column("customer_id", "id", required=True),
        Column("ordered_at", "time", required=True),
        Column("amount", "fen", required=True),
        Column("refunded", "refund"),
        Column("refunded_fen", "fen"),
        Column("refunded_at", "time"),
        Column("currency", "choice", allowed=("cny", "rmb", "")),
        KNOWN_AT,
    ),
    event="ordered_at",
    key="order_id",
)

SIGNALS = Contract(
    "signals",
    (
        Column("id", "id", required=True),
        Column("created_at", "time", required=True),
        Column("sentiment", "choice", required=True, allowed=tuple(SENTIMENTS)),
        Column("intents", "labels", required=True, allowed=tuple(INTENTS)),
        Column("complaint", "labels", required=True, allowed=tuple(COMPLAINTS)),
        Column("severity", "count", required=True, most=3),
        Column("customer_id", "id"),
        Column("author_id", "id"),
        Column("channel", "text"),
        Column("platform", "text"),
        Column("session_id", "id"),
        Column("turn", "count"),
        Column("role", "text"),
        Column("parent_id", "id"),
        Column("likes", "count"),
        Column("reposts", "count"),
        Column("saves", "count"),
        Column("replies", "count"),
        Column("impressions", "count"),
        Column("author_followers", "count"),
        Column("abstained", "flag"),
        Column("spam", "flag"),
        Column("masked_text", "text"),
        KNOWN_AT,
    ),
    event="created_at",
    key="id",
)

ENGAGEMENT = Contract(
    "engagement",
    (
        Column("customer_id", "id", required=True),
        Column("event", "text", required=True),
        Column("at", "time", required=True),
        Column("value", "number"),
        KNOWN_AT,
    ),
    event="at",
)

ACCOUNTS = Contract(
    "accounts",
    (
        Column("account_id", "id", required=True),
        Column("customer_id", "id"),
        Column("platform", "text"),
        Column("followers", "count", required=True),
        Column("following", "count"),
        Column("posts", "count"),
        Column("verified", "flag"),
        Column("created_at", "time"),
        KNOWN_AT,
    ),
    event="created_at",
    key="account_id",
    snapshots=True,
)

EDGES = Contract(
    "edges",
    (
        Column("source", "id", required=True),
        Column("target", "id", required=True),
        Column("kind", "choice", required=True, allowed=("follow", "repost", "reply")),
        Column("at", "time"),
        KNOWN_AT,
    ),
    event="at",
)

LINKS = Contract(
    "links",
    (
        Column("customer_id", "id", required=True),
        Column("kind", "choice", required=True, allowed=("device", "address", "phone", "payment")),
        Column("value", "id", required=True),
        Column("at", "time"),
        KNOWN_AT,
    ),
    event="at",
)

MERGES = Contract(
    "merges",
    (
        Column("old_id", "id", required=True),
        Column("new_id", "id", required=True),
        Column("at", "time"),
        KNOWN_AT,
    ),
    event="at",
    key="old_id",
)

CONSENTS = Contract(
    "consents",
    (
        Column("customer_id", "id", required=True),
        Column("given", "flag", required=True),
        Column("at", "time", required=True),
        KNOWN_AT,
    ),
    event="at",
)

MANUAL = Contract(
    "manual",
    (
        Column("customer_id", "id", required=True),
        Column("tag", "text", required=True),
        Column("value", "text"),
        Column("valid_from", "time", required=True),
        Column("valid_to", "time"),
        Column("note", "text"),
        Column("confidence", "number"),
        KNOWN_AT,
    ),
    event="valid_from",
)

CONTRACTS = MappingProxyType(
    {
        contract.table: contract
        for contract in (
            *(ORDERS, SIGNALS, ENGAGEMENT, ACCOUNTS, EDGES, LINKS),
            *(MERGES, CONSENTS, MANUAL),
        )
    }
)
