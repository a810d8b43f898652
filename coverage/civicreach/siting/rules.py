"""What a plan must keep to: which sites stay, may, must or mustn't open, and what it may cost.

All rules speak of ids, never of positions, and any of them can be combined.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from civicreach.errors import Faults, InputError, Note
from civicreach.layers import LEVELS

Ids = Collection[Hashable]


@dataclass(frozen=True)
class UnitQuota:
    """At least and at most so many open sites, those that stay included, in one unit or in every unit of a level.

    Without `unit` the least holds for every unit where people live, and the most for every unit.
    """

    level: str
    at_least: int = 1
    at_most: int | None = None
    unit: Hashable | None = None


@dataclass(frozen=True)
class Floor:
    """No unit of a level may have less than a `share` (0 to 1) of its people within the limit.

    `within_min` is the limit in minutes, by default that of the plan; where the plan has none (p-center, p-median), the
    search's cutoff. Where room is limited, only those count who find a place.
    """

    level: str
    share: float
    within_min: float | None = None


@dataclass(frozen=True)
class Rules:
    """The rules of a plan; without any, existing sites stay and every candidate may open.

    keep: existing sites stay open, except those in `closable`; False means that all of them may be closed.
    mandatory: sites that must open (planned ones always do); they count among the new ones.
    forbidden: sites that mustn't be open; an existing one closes.
    quotas: open sites by unit. floor: the least share of people by unit.
    spacing_m: a new site stands at least so far, as the crow flies, from every other open one.
    budget: what all new sites may cost together; `site_cost` by id, or the facilities' column that holds it.
    max_load: no site serves more people than this; people are then sent to sites instead of to the nearest.

    Raises InputError with everything that is wrong at once.

    >>> Rules(quotas=(UnitQuota("subdistrict"),), spacing_m=500).active
    ('quotas', 'spacing_m')
    """

    keep: bool = True
    closable: Ids = ()
    mandatory: Ids = ()
    forbidden: Ids = ()
    quotas: tuple[UnitQuota, ...] = ()
    spacing_m: float | None = None
    budget: float | None = None
    site_cost: str | Mapping[Any, float] = field(default="cost", repr=False)
    max_load: float | None = None
    floor: Floor | None = None

    def __post_init__(self) -> None:
        faults = Faults("rules")
        for name in ("closable", "mandatory", "forbidden"):
            ids = getattr(self, name)
            object.__setattr__(self, name, tuple(dict.fromkeys([ids] if isinstance(ids, str) else ids)))
        if isinstance(self.quotas, UnitQuota):
            object.__setattr__(self, "quotas", (self.quotas,))
        object.__setattr__(self, "quotas", tuple(self.quotas))
        both = [i for i in self.mandatory if i in set(self.forbidden)]
        if both:
            faults.add(
                "sites that are both mandatory and forbidden", rows=both, todo="Take them out of one of the lists."
            )
        for quota in self.quotas:
            _check_quota(quota, faults)
        for name in ("spacing_m", "budget", "max_load"):
            value = getattr(self, name)
            if value is not None and not value >= 0:
                faults.add(f"{name} must be a number of at least 0, not {value!r}")
        if self.floor is not None:
            _check_level(self.floor.level, "floor", faults)
            if not 0 <= self.floor.share <= 1:
                faults.add(f"the floor's share must be from 0 to 1, not {self.floor.share!r}")
        faults.raise_if_any(InputError)

    @property
    def active(self) -> tuple[str, ...]:
        """The names of the rules that are set, `keep` and `closable` aside, which say what the question is."""
        return tuple(name for name in RULE_WORDS if getattr(self, name) not in {None, ()})

    def without(self, name: str) -> Rules:
        """The same rules without one of them."""
        bare = Rules()
        return replace(self, **{name: getattr(bare, name)})

    def told(self, name: str) -> Note:
        """A rule in words, with its numbers."""
        english, chinese = RULE_WORDS[name]
        value = getattr(self, name)
        if name == "quotas":
            said = [_quota_words(quota) for quota in value]
            return Note(f"{english}: {'; '.join(e for e, _ in said)}", f"{chinese}：{'；'.join(c for _, c in said)}")
        if name == "floor":
            said_zh = LEVEL_WORDS[value.level]
            return Note(
                f"{english}: {100 * value.share:g} % in every {value.level}",
                f"{chinese}：每个{said_zh}不低于{100 * value.share:g}%",
            )
        if isinstance(value, tuple):
            listed = ", ".join(map(str, value[:5])) + (f" +{len(value) - 5}" if len(value) > 5 else "")
            return Note(f"{english}: {listed}", f"{chinese}：{listed.replace(', ', '、')}")
        return Note(f"{english}: {value:g}", f"{chinese}：{value:g}")


NO_RULES = Rules()
"""Existing sites stay and every candidate may open."""

RULE_WORDS = {
    "mandatory": ("sites that must open", "必建点位"),
    "forbidden": ("sites that mustn't be open", "禁建点位"),
    "quotas": ("sites by unit", "分区设点数"),
    "spacing_m": ("spacing in metres", "最小间距（米）"),
    "budget": ("budget", "投资上限"),
    "max_load": ("most people at a site", "单点最大服务人数"),
    "floor": ("least share of people by unit", "分区覆盖率底线"),
}
"""What the rules are called, in English and Chinese."""

LEVEL_WORDS = {"city": "市", "district": "区", "subdistrict": "街道", "community": "社区"}


def _quota_words(quota: UnitQuota) -> tuple[str, str]:
    one = quota.unit is None
    where, where_zh = (f"every {quota.level}", f"每个{LEVEL_WORDS[quota.level]}") if one else (str(quota.unit),) * 2
    if quota.at_most is None:
        return f"at least {quota.at_least} in {where}", f"{where_zh}至少{quota.at_least}处"
    return (
        f"{quota.at_least} to {quota.at_most} in {where}",
        f"{where_zh}{quota.at_least}至{quota.at_most}处",
    )


def _check_level(level: str, what: str, faults: Faults) -> None:
    if level not in LEVELS:
        faults.add(f"{what}: no level {level!r}", todo=f"There are {', '.join(LEVELS)}.")


def _check_quota(quota: UnitQuota, faults: Faults) -> None:
    _check_level(quota.level, "quota", faults)
    if quota.at_least < 0 or (quota.at_most is not None and quota.at_most < quota.at_least):
        faults.add(f"a quota of at least {quota.at_least} and at most {quota.at_most} can't be met")
