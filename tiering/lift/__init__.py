"""How well a score foretold what customers did later."""

from tiering.lift.curve import Lift, LiftGroup, lift

__all__ = ["Lift", "LiftGroup", "lift"]
