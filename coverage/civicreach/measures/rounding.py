"""Numbers as they are printed: rounded half away from zero, as spreadsheets show them and the page does.

Binary fractions are first read with the fifteen digits that a spreadsheet knows, so that 0.15 shows as 0.2 and 0.145
as 14.5 % wherever they stand: in a cell, on the page, in the document, on a map.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

DIGITS = 15


def number_text(value: float, decimals: int = 0) -> str:
    """A finite number with thousands separated and so many decimals; never a minus before nothing.

    >>> number_text(1234.5), number_text(0.15, 1), number_text(2.5), number_text(-0.4)
    ('1,235', '0.2', '3', '0')
    """
    return _text(Decimal(_digits(value)), decimals)


def percent_text(share: float, decimals: int = 1) -> str:
    """A share in percent, without the sign of it.

    >>> percent_text(0.0005), percent_text(0.28451), percent_text(0.285, 0)
    ('0.1', '28.5', '29')
    """
    return _text(Decimal(_digits(share)).scaleb(2), decimals)


def brief_text(value: float, most: int = 2) -> str:
    """A number without idle zeros, with so many decimals at most.

    >>> brief_text(0.75), brief_text(3000.0), brief_text(0.125)
    ('0.75', '3,000', '0.13')
    """
    text = number_text(value, most)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _digits(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"only a finite number can be printed, not {value!r}")
    return f"{value:.{DIGITS}g}"


def _text(exact: Decimal, decimals: int) -> str:
    text = f"{exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP):,f}"
    return text.removeprefix("-") if not text.strip("-0.,") else text
