"""Where a delivery stands."""

from typing import Literal

DeliveryState = Literal["waiting", "delivered", "dead"]
WAITING: DeliveryState = "waiting"
DELIVERED: DeliveryState = "delivered"
DEAD: DeliveryState = "dead"
