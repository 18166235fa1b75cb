"""Who goes on a mission, and in what order the protocol names them."""

from typing import Literal

# 団長, 招へい者, 参加者, 当協会の訪問者, 随行, 通訳
Capacity = Literal["leader", "guest", "participant", "traveller", "staff", "interpreter"]
# Who a mission is for; the others serve it.
TAKES_PART: tuple[Capacity, ...] = ("leader", "guest", "participant")
