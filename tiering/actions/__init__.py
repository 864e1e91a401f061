"""What follows from a tier: entitlements, the next actions, KPIs with alarms, and what changed."""

from tiering.actions.changes import CHANGES, Standing, changes_of, standing_of
from tiering.actions.choosing import next_actions
from tiering.actions.entitlements import Entitled, entitled
from tiering.actions.inputs import Inputs, inputs_of, tables_of
from tiering.actions.kpi_chance import chance_of, shares_of
from tiering.actions.kpi_row import KpiRow
from tiering.actions.kpis import alarms_of, kpis
from tiering.actions.policy import ActionsPolicy
from tiering.actions.policy_file import load_actions
from tiering.actions.run import FATES, ActionRow, ActionRun, Contacts
from tiering.actions.strangers import Strangers, strangers_of

__all__ = [
    "CHANGES",
    "FATES",
    "ActionRow",
    "ActionRun",
    "ActionsPolicy",
    "Contacts",
    "Entitled",
    "Inputs",
    "KpiRow",
    "Standing",
    "Strangers",
    "alarms_of",
    "chance_of",
    "changes_of",
    "entitled",
    "inputs_of",
    "kpis",
    "load_actions",
    "next_actions",
    "shares_of",
    "standing_of",
    "strangers_of",
    "tables_of",
]
