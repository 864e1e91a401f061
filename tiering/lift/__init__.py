"""How well a score foretold what customers did later."""

from tiering.lift.curve import Lift, LiftGroup, lift
from tiering.lift.later import Later, paid_later

__all__ = ["Later", "Lift", "LiftGroup", "lift", "paid_later"]
