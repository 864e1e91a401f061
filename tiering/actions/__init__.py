"""What follows from a tier: entitlements, the next actions, KPIs with alarms, and what changed."""

from tiering.actions.changes import CHANGES, Standing, changes_of, standing_of
from tiering.actions.choosing import next_actions
from tiering.actions.complaints import complaint_table, order_table
from tiering.actions.entitlements import Entitled, entitled
from tiering.actions.kpis import KpiRow, KpiTables, alarms_of, kpis
from tiering.actions.policy import ActionsPolicy
from tiering.actions.policy_file import load_actions
from tiering.actions.run import FATES, ActionRow, ActionRun, Contacts

__all__ = [
    "CHANGES",
    "FATES",
    "ActionRow",
    "ActionRun",
    "ActionsPolicy",
    "Contacts",
    "Entitled",
    "KpiRow",
    "KpiTables",
    "Standing",
    "alarms_of",
    "changes_of",
    "complaint_table",
    "entitled",
    "kpis",
    "load_actions",
    "next_actions",
    "order_table",
    "standing_of",
]
