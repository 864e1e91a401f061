"""Published Chinese influence indexes, as printed: WCI (微信), BCI (微博), BVCI (B站)."""

from tiering.indexes.bci import bci
from tiering.indexes.bvci import bvci
from tiering.indexes.wci import WechatFigures, wci, wci_v2

__all__ = ["WechatFigures", "bci", "bvci", "wci", "wci_v2"]
