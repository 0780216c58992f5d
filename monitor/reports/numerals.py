"""Figures as people read them: ``1.217`` and ``37,5%`` in Vietnamese, ``1,217`` and ``37.5%`` in English."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

VIETNAMESE = "vi"
MINUS = "−"
_ALMOST_ALL = Decimal("99.9")


def whole(number: float, lang: str) -> str:
    """With thousands set apart; a figure that is no whole number keeps one decimal."""
    if number != int(number):
        return decimal(Fraction(number), lang)
    return _localised(f"{int(number):,}", lang)


def decimal(number: Fraction, lang: str) -> str:
    """One decimal, halves up."""
    return _localised(f"{_rounded(number):,}", lang)


def signed(number: float, lang: str) -> str:
    sign = MINUS if number < 0 else "+" if number > 0 else ""
    return sign + whole(abs(number), lang)


def percent(part: float, of: float, lang: str) -> str:
    """No decimals where it is exact; never rounded up to all, nor down to none."""
    share = Fraction(part) * 100 / Fraction(of)
    if share.denominator == 1:
        return whole(int(share), lang) + "%"
    rounded = _rounded(share)
    if share < 100 <= rounded:
        rounded = _ALMOST_ALL
    return _localised(f"{max(rounded, Decimal('0.1')):,}", lang) + "%"


def _rounded(number: Fraction) -> Decimal:
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def _localised(text: str, lang: str) -> str:
    return text.translate(str.maketrans(",.", ".,")) if lang == VIETNAMESE else text
