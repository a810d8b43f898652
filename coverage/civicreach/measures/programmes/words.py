"""What a programme, its units and its target are called, in English and Chinese."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from civicreach.layers import Areas
from civicreach.layers.groups import Pair
from civicreach.measures.programmes.share import exact
from civicreach.measures.words import LEVEL_ZH, PLURAL, group_words
from civicreach.study import ProgrammeSpec, Study

AMONG_ZH = {"urban": "城市社区", "rural": "农村社区(村)"}


@dataclass(frozen=True, eq=False)
class Counted:
    """A programme and the units that it is about: `frame` (`flag`, and `risk`, `grade`, `year` where the table has
    them) on the ids of the units counted, in the areas' order. `left_out` are units that have the flag and aren't
    among them."""

    spec: ProgrammeSpec
    study: Study
    areas: Areas
    frame: pd.DataFrame
    left_out: pd.Index

    @property
    def count(self) -> int:
        """Units that meet the programme's standard."""
        return int(self.frame["flag"].sum())

    @property
    def of(self) -> int:
        """Units that the programme is about: the declared denominator."""
        return len(self.frame)

    @property
    def name(self) -> Pair:
        """What the programme is called."""
        return self.spec.name_en or self.spec.name, self.spec.name

    @property
    def units(self) -> Pair:
        """The units that are counted, in words."""
        level, among = self.areas.lowest, self.spec.among
        english, chinese = PLURAL[level], LEVEL_ZH[level]
        if among == "all":
            return english, chinese
        return f"{among} {english}", AMONG_ZH[among] if level == "community" else f"{AMONG_ZH[among][:2]}{chinese}"

    @property
    def who(self) -> Pair:
        """Who ranks the units."""
        return group_words(self.study, self.spec.group)

    @property
    def target(self) -> Pair:
        """The target share in percent."""
        return percent(self.spec.target_share)


def percent(share: float, *, decimals: int | None = None) -> Pair:
    """A share in percent, as exactly as somebody wrote it or with some decimals; Chinese has no space before the sign.

    >>> percent(0.405), percent(260 / 1242, decimals=1)
    (('40.5 %', '40.5%'), ('20.9 %', '20.9%'))
    """
    number = f"{float(exact(share) * 100):g}" if decimals is None else f"{100 * share:.{decimals}f}"
    return f"{number} %", f"{number}%"
