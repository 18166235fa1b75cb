"""Commands on hand-overs: sign, take on, tick and untick a matter, take over."""

from services.events import access
from services.events.hand_overs import service
from services.events.hand_overs.resource import hand_over_matters, hand_overs
from services.kit.http.commands import command
from services.kit.http.mount import router_for

RULES = {
    "events_hand_overs_sign": access.SIGNS,
    "events_hand_overs_succeed": access.SIGNS,
    "events_hand_overs_step_down": access.SIGNS,
    "events_hand_overs_take_over": access.SIGNS,
    "events_hand_over_matters_tick": access.SIGNS,
    "events_hand_over_matters_untick": access.SIGNS,
}
router = router_for("events")
for resource, verb, noun, act, summary in (
    (hand_overs, "sign", "signatures", service.sign, "Sign it as the person who leaves: its matters stay as they are"),
    (hand_overs, "succeed", "successions", service.succeed, "Take the hand-over on, as the successor"),
    (hand_overs, "step_down", "step-downs", service.step_down, "Make room for another successor"),
    (hand_overs, "take_over", "takeovers", service.take_over, "Take the office over, once every matter is ticked"),
    (hand_over_matters, "tick", "ticks", service.tick, "Tick a matter, as the successor"),
    (hand_over_matters, "untick", "unticks", service.untick, "Take a tick back"),
):  # fmt: skip
    command(router, resource, verb, noun, act, summary)
