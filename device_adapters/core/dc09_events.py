"""The data of a DC-09 frame, in ADM-CID or SIA-DCS, into what happened where.

ADM-CID   #acct|QXYZ GG CCC            qualifier, event; group; zone or user
SIA-DCS   #acct|Nri1/id012/PA005^text^|…   N new or O old; what is small sets area, user, time; then events
"""

from __future__ import annotations

import re

from msgspec import Struct

from device_adapters.core import contact_ids, sia_codes
from device_adapters.core.alarm_codes import About, Meaning

_CONTACT_ID = re.compile(r"([0-9])([0-9A]{3})(?: ([0-9A-F]{1,2}))?(?: ([0-9A-F]{1,4}))?", re.IGNORECASE)
_BLOCK = re.compile(r"[NO](?=[a-z]{2}|[A-Z]{2})")
_MODIFIER = re.compile(r"([a-z]{2})([0-9:.-]*)/?")
# Behind it a text perhaps, between carets, or in whatever way its maker thought of.
_EVENT = re.compile(r"([A-Z]{2})\s?([0-9A-F]{0,6})(?:\^[^^]*\^?)?[^/]*(?:/|$)", re.DOTALL)
_ACCOUNT = re.compile(r"#([0-9A-Fa-f]{1,16})")
_OLD, _TEXT = "O", "A"  # the function of a block; a text belongs to what was said before it
_FLIPPED = {contact_ids.NEW: contact_ids.RESTORE, contact_ids.RESTORE: contact_ids.NEW}


class Happened(Struct, frozen=True):
    """``number``: of the zone or user, empty where none is named. ``code``: as it came. ``is_standing``: it was told
    before, and is so still."""

    meaning: Meaning
    code: str
    number: str = ""
    area: str = ""
    is_standing: bool = False


class Data(Struct, frozen=True):
    """``account``: the one that the data names itself, empty where it names none."""

    account: str
    happened: tuple[Happened, ...]
    is_whole: bool


def read_data(family: str, data: str, flips_troubles: bool) -> Data:
    """``flips_troubles``: an account whose panel says restore where it means trouble, and trouble where restore."""
    account, happened, is_whole = "", list[Happened](), True
    for block in data.split("|"):
        if named := _ACCOUNT.fullmatch(block.strip()):
            account = named[1].upper()
        elif block.strip() and not (happened and block.startswith(_TEXT)):
            found = _contact_id(block, flips_troubles) if family == "ADM-CID" else _block(block)
            happened += found
            is_whole = is_whole and bool(found)
    return Data(account, tuple(happened), is_whole)


def _contact_id(block: str, flips_troubles: bool) -> list[Happened]:
    found = _CONTACT_ID.fullmatch(block.strip())
    if found is None:
        return []
    qualifier, code = found[1], found[2].upper().replace("A", "0")
    if flips_troubles and code[0] == "3":
        qualifier = _FLIPPED.get(qualifier, qualifier)
    meaning = contact_ids.meaning_of(qualifier, code)
    is_standing = qualifier == contact_ids.STILL
    return [Happened(meaning, found[1] + found[2], _number(found[4]), _number(found[3]), is_standing)]


def _block(block: str) -> list[Happened]:
    function = _BLOCK.match(block)
    place = function.end() if function else 0
    happened, said = list[Happened](), dict[str, str]()
    while place < len(block) and (part := _MODIFIER.match(block, place) or _EVENT.match(block, place)):
        place = part.end()
        if part.re is _MODIFIER:
            said[part[1]] = _number(part[2])
            continue
        meaning = sia_codes.meaning_of(part[1])
        number = _number(part[2]) or (said.get("id", "") if meaning.about is About.USER else "")
        is_old = function is not None and function[0] == _OLD
        happened.append(Happened(meaning, part[1], number, said.get("ri", ""), is_old))
    return happened


def _number(digits: str | None) -> str:
    """Without its leading zeros; zone 0 is none."""
    return (digits or "").upper().lstrip("0")
