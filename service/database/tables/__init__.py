"""The tables of Tingyin, one module for each subject."""

from service.database.tables.access import ApiKey, Erasure, RememberedReply
from service.database.tables.alerts import Alert, AlertChange, AlertEvidence
from service.database.tables.base import Base, JsonObject
from service.database.tables.customers import (
    Account,
    CustomerScore,
    Edge,
    Engagement,
    Influencer,
    Order,
    ScoreRun,
)
from service.database.tables.feedback import Feedback, Signal, WatchMark
from service.database.tables.response import AlertEscalation, AlertOwner

__all__ = [
    "Account",
    "Alert",
    "AlertChange",
    "AlertEscalation",
    "AlertEvidence",
    "AlertOwner",
    "ApiKey",
    "Base",
    "CustomerScore",
    "Edge",
    "Engagement",
    "Erasure",
    "Feedback",
    "Influencer",
    "JsonObject",
    "Order",
    "RememberedReply",
    "ScoreRun",
    "Signal",
    "WatchMark",
]
