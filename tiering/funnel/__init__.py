"""What customers do on their way to an order, and how often they come."""

from tiering.funnel.activity import ActiveDay, Activity, activity
from tiering.funnel.funnel import STEPS, WINDOW_DAYS, Funnel, Step, funnel

__all__ = [
    "STEPS",
    "WINDOW_DAYS",
    "ActiveDay",
    "Activity",
    "Funnel",
    "Step",
    "activity",
    "funnel",
]
