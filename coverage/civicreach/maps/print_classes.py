"""What the page's classes of colours are called on print maps."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from civicreach.maps.print_words import printed
from civicreach.measures.rounding import brief_text
from civicreach.study import Language


def class_texts(colours: dict[str, Any], field: dict[str, Any], language: Language) -> list[str]:
    """What each class is called."""
    if "names" in colours:
        at = 0 if language == "zh" else 1
        return [*(name[at] for name in colours["names"]), *([printed("others", language)] if colours["others"] else [])]
    if "said" in colours:
        return [name[0 if language == "zh" else 1] for name in colours["said"]]
    if "exact" in colours:
        return [class_number(value, field) for value in colours["exact"]]
    breaks = [class_number(value, field) for value in colours["breaks"]]
    if not breaks:
        return [field["header"][0 if language == "zh" else 1]]
    low, high = ("up_to", "above") if colours.get("upper") else ("under", "from")
    middle = [printed("between", language, a=a, b=b) for a, b in pairwise(breaks)]
    never = [field["endless"][0 if language == "zh" else 1]] if colours.get("endless") else []
    return [printed(low, language, a=breaks[0]), *middle, printed(high, language, a=breaks[-1]), *never]


def class_number(value: float, field: dict[str, Any]) -> str:
    """A break as people read it: shares in percent, other numbers without idle zeros."""
    shown = 100 * value if field["kind"] == "share" else value
    return f"{brief_text(shown)} %" if field["kind"] == "share" else brief_text(shown)
