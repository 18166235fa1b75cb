"""The life of a participation: one per person and stint (03-jet §1.2, as far as it is built)."""

from services.kit.text import Text
from services.kit.transitions import Machine, Transition

PARTICIPATION = Machine(
    "participation",
    "accepted",
    (
        Transition(
            "place",
            ("accepted", "placed"),
            "placed",
            Text("あっせんは任用の前に限ります。", "A placement is made before the appointment."),
        ),
        Transition(
            "appoint",
            ("accepted", "placed", "active"),
            "active",
            Text(
                "中途終了または辞退した参加者は任用できません。", "Somebody who has left cannot be appointed."
            ),
        ),
        Transition(
            "withdraw",
            ("accepted", "placed"),
            "withdrawn",
            Text(
                "任用が始まった後は中途終了として届け出てください。",
                "After the appointment it is an early termination.",
            ),
        ),
        Transition(
            "terminate_early",
            ("active",),
            "early_terminated",
            Text(
                "任用中の参加者だけが中途終了できます。",
                "Only somebody who is appointed can terminate early.",
            ),
        ),
    ),
)
