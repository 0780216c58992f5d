"""Vietnamese telephone numbers: as people write them, as Excel spoils them, as they were before 2017 and 2018."""

from __future__ import annotations

import re
from types import MappingProxyType

from monitor.inventory.spreadsheets.cells import Cell, shown
from monitor.inventory.spreadsheets.problems import Code, Finding, error, fixed, question
from monitor.inventory.spreadsheets.readings import EMPTY, Reading

# National numbers with their leading zero, as libphonenumber has them for Vietnam.
_MOBILE = re.compile(r"0[35789]\d{8}")
_LANDLINE = re.compile(r"02(?:0[3-9]|1[0-689]|2[0-25-9]|[38][2-9]|4\d|5[124-9]|6[0-39]|7[0-7]|9[0-4679])\d{7}")
_SEVERAL = re.compile(r"[/;,\n]|\s-\s")
_SIGNS = re.compile(r"[\s.()\-\u2013\u00a0']")
_TEXT_BEFORE = re.compile(r"^[^\d+]*[:.]")

# 2018: mobile numbers lost their eleventh digit.
_MOBILE_SINCE_2018 = MappingProxyType(
    {
        "0120": "070",
        "0121": "079",
        "0122": "077",
        "0123": "083",
        "0124": "084",
        "0125": "085",
        "0126": "076",
        "0127": "081",
        "0128": "078",
        "0129": "082",
        "0186": "056",
        "0188": "058",
        "0199": "059",
        **{f"016{digit}": f"03{digit}" for digit in range(2, 10)},
    }
)
# 2017: area codes. Only those that no mobile number begins with today.
_AREA_SINCE_2017 = MappingProxyType(
    {
        "060": "0260",
        "061": "0251",
        "062": "0252",
        "063": "0263",
        "064": "0254",
        "0650": "0274",
        "0651": "0271",
        "066": "0276",
        "067": "0277",
        "068": "0259",
        "04": "024",
    }
)


def read_phones(cell: Cell) -> Reading:
    """One number, or several in a cell, each with its leading zero: ("0912345678", …)."""
    parts = [part for part in _SEVERAL.split(shown(cell)) if part.strip()]
    numbers, findings = [], []
    for part in parts:
        number, finding = _read_number(part)
        numbers.append(number)
        if finding:
            findings.append(finding)
    return Reading(tuple(number for number in numbers if number), tuple(findings)) if parts else EMPTY


def _read_number(written: str) -> tuple[str | None, Finding | None]:
    digits = _national(written)
    if _is_number(digits):
        return digits, None
    if _is_number("0" + digits):
        return "0" + digits, fixed(Code.ZERO_ADDED, "0" + digits, x=written.strip(), y="0" + digits)
    for code, since in ((Code.OLD_PREFIX, _MOBILE_SINCE_2018), (Code.OLD_AREA_CODE, _AREA_SINCE_2017)):
        if renewed := _renewed(digits, since):
            return renewed, question(code, renewed, x=written.strip(), y=renewed)
    return None, error(Code.PHONE_INVALID, x=written.strip())


def _national(written: str) -> str:
    digits = _SIGNS.sub("", _TEXT_BEFORE.sub("", written.strip()))
    for prefix in ("+84", "0084", "84"):
        rest = digits.removeprefix(prefix)
        if rest != digits and _is_number("0" + rest.removeprefix("0")):
            return "0" + rest.removeprefix("0")
    return digits


def _is_number(digits: str) -> bool:
    return bool(_MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits))


def _renewed(digits: str, since: MappingProxyType[str, str]) -> str | None:
    for old, new in since.items():
        for candidate in (digits, "0" + digits):
            renewed = new + candidate.removeprefix(old)
            if candidate.startswith(old) and _is_number(renewed):
                return renewed
    return None
