"""One number that is printed, with everything that is needed to trust it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from civicreach.errors import Note
from civicreach.measures.rounding import number_text, percent_text


@dataclass(frozen=True)
class Figure:
    """A value with its unit, definition and, for ratios, what was divided by what.

    `value` is `per * numerator / denominator` where both are given, and None where the denominator is 0. Shares are
    fractions from 0 to 1 with unit "share". `definition` is a sentence in English, `definition_zh` in Chinese.
    """

    id: str
    value: float | None
    unit: str
    definition: str
    definition_zh: str
    numerator: float | None = None
    denominator: float | None = None
    denominator_name: str = ""
    denominator_name_zh: str = ""
    unit_zh: str = ""
    sources: tuple[str, ...] = ()
    """Those that have a Chinese form are notes."""
    label: str = ""
    label_zh: str = ""
    decimals: int = 0
    """With how many decimals people read it; shares are always in percent with one."""
    per: float = 1.0
    """For how many of the denominator the value is told: 100 for m2 per 100 households."""
    below: int | None = None
    """The limit that a count which isn't shown lies below."""

    @classmethod
    def ratio(cls, figure_id: str, numerator: float, denominator: float, **words: Any) -> Figure:
        """A ratio of sums, told `per` so many of the denominator; without a value where the denominator is 0.

        >>> Figure.ratio("beds", 140, 2550, per=1000, unit="beds", definition="", definition_zh="", decimals=2).text()
        '54.90 beds'
        """
        per = float(words.get("per", 1.0))
        value = per * float(numerator) / float(denominator) if denominator else None
        return cls(figure_id, value, numerator=float(numerator), denominator=float(denominator), **words)

    def as_json(self) -> dict[str, Any]:
        """The figure as `summary.json` holds it."""
        names = ("id", "value", "unit", "definition", "numerator", "denominator", "denominator_name", "per")
        more = ("definition_zh", "denominator_name_zh", "unit_zh", "label", "label_zh", "sources")
        found = {name: getattr(self, name) for name in names + more}
        found["sources"] = list(self.sources)
        found["sources_zh"] = [Note.told(source, "zh") for source in self.sources]
        for name in ("value", "numerator", "denominator", "per"):
            number = found[name]
            if number is not None and math.isfinite(number) and number == int(number) and name != "value":
                found[name] = int(number)
        return found

    def text(self, language: str = "en") -> str:
        """The value as people read it: a share in percent, people and things as whole numbers, with the unit.

        >>> Figure.ratio("circle.x.people_share", 1, 3, unit="share", definition="", definition_zh="").text()
        '33.3 %'
        """
        if self.below is not None:
            return f"<{self.below} {(self.unit_zh or self.unit) if language == 'zh' else self.unit}".rstrip()
        if self.value is None:
            return "–"
        if self.unit == "share":
            return f"{percent_text(self.value)} %"
        unit = (self.unit_zh or self.unit) if language == "zh" else self.unit
        return f"{number_text(self.value, self.decimals)} {unit}".rstrip()
