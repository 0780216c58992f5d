"""What the error numbers of Zalo mean for a message: again, another way, never, or a person must act.

The HTTP status is 200 for all of them. Each table is the one of its own interface: −100 is an old attachment to the
one and "we do not know" to the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from monitor.machines.delivery import Answer, Outcome
from monitor.notify.exchange import Reply, said

RATE_LIMIT_WAIT_S = 2.0
_CLASSES = Mapping[Outcome, Sequence[int]]

# Official Account: messages to users and to groups.
_OA: _CLASSES = {
    Outcome.RETRY: (-32, -200),
    Outcome.SWITCH: (-210, -218, -227, -230, -232, -234),
    Outcome.PERMANENT: (-100, -201, -213, -217, -233, -244, -248),
    Outcome.OPERATOR: (
        -204, -205, -209, -211, -212, -219, -221, -223, -224, -237, -240, -320, -321, -403,
    ),
}  # fmt: skip
OA_EXPIRED = frozenset({-216, -220})

_ZNS: _CLASSES = {
    Outcome.UNKNOWN: (-100,),
    Outcome.SWITCH: (-133,),
    Outcome.PERMANENT: (-108, -114, -118, -119, -139, -141),
    Outcome.OPERATOR: (
        -101, -102, -103, -104, -105, -109, -115, -126, -127, -131, -132, -135, -137, -144, -146, -147, -160,
        -1122, -1124, -1441,
    ),
}  # fmt: skip
ZNS_EXPIRED = frozenset({-124})
_AT_NIGHT = frozenset({-133, -234})


def number_of(reply: Reply) -> int | None:
    """None where the answer has none: then nothing is known."""
    try:
        return int(reply.body["error"])
    except (KeyError, TypeError, ValueError):
        return None


def oa_answer(reply: Reply) -> Answer:
    return _answer(reply, _OA, "message_id")


def zns_answer(reply: Reply) -> Answer:
    return _answer(reply, _ZNS, "msg_id")


def _answer(reply: Reply, classes: _CLASSES, id_name: str) -> Answer:
    number, data = number_of(reply), reply.body.get("data")
    message_id = data.get(id_name) if isinstance(data, dict) else None
    if number == 0 and message_id:
        return Answer(Outcome.DELIVERED, said(id_name, message_id))
    words = said("error", number, reply.body.get("message"))
    if number is None or number == 0:
        return Answer(Outcome.UNKNOWN, words, "unanswered")
    # A number nobody has told us of is a refusal all the same.
    outcome = next((outcome for outcome, numbers in classes.items() if number in numbers), Outcome.RETRY)
    wait_s = RATE_LIMIT_WAIT_S if number == -32 else 0.0
    return Answer(outcome, words, "night" if number in _AT_NIGHT else "refused", wait_s)


def told(body: Mapping[str, Any]) -> str:
    """Of an answer about keys: its number and its words, and nothing else that may be in it."""
    return said("error", body.get("error"), body.get("error_name"), body.get("error_description"), body.get("message"))
