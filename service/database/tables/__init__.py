"""The tables of Tingyin, one module for each subject."""

from service.database.tables.access import ApiKey, Erasure, RememberedReply
from service.database.tables.alerts import Alert, AlertChange, AlertEvidence, AlertReview
from service.database.tables.base import Base, JsonObject
from service.database.tables.customers import (
    DIMENSIONS,
    Account,
    CustomerScore,
    Edge,
    Engagement,
    Influencer,
    Order,
    ScoreRun,
)
from service.database.tables.delivery import (
    Delivery,
    DeliveryAttempt,
    OutboxEvent,
    RateWindow,
    Route,
)
from service.database.tables.feedback import Feedback, Signal, WatchLook, WatchMark
from service.database.tables.response import AlertEscalation, AlertOwner
from service.database.tables.silences import Silence

__all__ = [
    "DIMENSIONS",
    "Account",
    "Alert",
    "AlertChange",
    "AlertEscalation",
    "AlertEvidence",
    "AlertOwner",
    "AlertReview",
    "ApiKey",
    "Base",
    "CustomerScore",
    "Delivery",
    "DeliveryAttempt",
    "Edge",
    "Engagement",
    "Erasure",
    "Feedback",
    "Influencer",
    "JsonObject",
    "Order",
    "OutboxEvent",
    "RateWindow",
    "RememberedReply",
    "Route",
    "ScoreRun",
    "Signal",
    "Silence",
    "WatchLook",
    "WatchMark",
]
