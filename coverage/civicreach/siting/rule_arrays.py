"""Rules about ids as arrays about positions, with every fault told."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from civicreach.errors import Faults, nearest
from civicreach.siting.found import Longs, Quota
from civicreach.siting.rules import Rules, UnitQuota
from civicreach.units import min_to_ms

Bools = npt.NDArray[np.bool_]

SPACING_ROUNDING_M = 1e-6
"""Two sites that are exactly as far apart as they must be aren't too close."""


@dataclass(frozen=True, eq=False)
class FloorNeed:
    """At least `least` (k,) units of people covered in each of the units (k,); `unit` (n,) says where rows are, or -1.

    `limit_ms` is the limit of being covered.
    """

    units: tuple[Hashable, ...]
    unit: Longs
    least: Longs
    limit_ms: int


def named_sites(rules: Rules, site_ids: pd.Index, faults: Faults) -> dict[str, Bools]:
    """The sites that rules name; those that nobody knows are told with the nearest right one."""
    found = {}
    for name in ("closable", "mandatory", "forbidden"):
        ids = list(getattr(rules, name))
        mask = np.zeros(len(site_ids), np.bool_)
        unknown = [i for i in ids if i not in site_ids]
        mask[site_ids.isin(ids)] = True
        if unknown:
            like = nearest(str(unknown[0]), site_ids)
            faults.add(f"{name}: unknown sites", rows=unknown, todo=f"Is it {like}?" if like else "")
        found[name] = mask
    return found


def site_costs(rules: Rules, sites: pd.DataFrame, there: Bools, faults: Faults) -> tuple[Longs | None, int | None]:
    """What each new site costs in whole hundredths, and the budget; existing ones cost nothing more."""
    if rules.budget is None:
        return None, None
    if isinstance(rules.site_cost, str):
        if rules.site_cost not in sites.columns:
            faults.add(f"budget: the sites have no column {rules.site_cost!r}", todo="Pass site_cost by id.")
            return None, None
        given = sites[rules.site_cost]
    else:
        costs: Mapping[Hashable, float] = dict(rules.site_cost)
        given = pd.Series([costs.get(i) for i in sites.index], index=sites.index)
        if unknown := [i for i in costs if i not in sites.index]:
            faults.add("site_cost: unknown sites", rows=unknown)
    numbers = pd.to_numeric(given, errors="coerce").to_numpy(dtype=np.float64)
    bad = ~(np.isfinite(numbers) & (numbers >= 0)) & ~there
    if bad.any():
        faults.add("budget: sites without a cost of at least 0", rows=sites.index[bad].tolist())
        return None, None
    cost = np.where(there, 0, np.rint(np.nan_to_num(numbers) * 100)).astype(np.int64)
    return cost, int(np.floor(min(rules.budget, 1e15) * 100 + 1e-6))


def _units(frame: pd.DataFrame, level: str, what: str, faults: Faults) -> npt.NDArray[np.object_] | None:
    if f"{level}_id" not in frame.columns:
        faults.add(f"{what} have no {level}_id, which a rule needs", todo="Give them areas: in_areas(areas).")
        return None
    codes = frame[f"{level}_id"]
    units: npt.NDArray[np.object_] = codes.where(codes.notna(), None).to_numpy(dtype=object)
    return units


def unit_quotas(
    rules: Rules, sites: pd.DataFrame, homes: pd.DataFrame, weight: Longs, faults: Faults
) -> tuple[Quota, ...]:
    """The quotas of all units that the rules speak of, in order of the units' ids."""
    found: list[Quota] = []
    for rule in rules.quotas:
        units = _units(sites, rule.level, "facilities", faults)
        if units is None:
            continue
        column = f"{rule.level}_id"
        lived = homes.loc[weight > 0, column].dropna().unique().tolist() if column in homes.columns else None
        known = {*[u for u in units if u is not None], *(lived or [])}
        if rule.unit is not None and rule.unit not in known:
            like = nearest(str(rule.unit), known)
            faults.add(f"quota: no {rule.level} {rule.unit!r}", todo=f"Is it {like!r}?" if like else "")
            continue
        for unit in sorted(known if rule.unit is None else {rule.unit}, key=str):
            least = rule.at_least if rule.unit is not None or lived is None or unit in lived else 0
            found.append(_quota(rule, unit, least, units))
    return tuple(found)


def _quota(rule: UnitQuota, unit: Hashable, least: int, units: npt.NDArray[np.object_]) -> Quota:
    return Quota(np.flatnonzero(units == unit), least, rule.at_most, f"{rule.level} {unit}")


def close_pairs(xy: npt.NDArray[np.float64], existing: Bools, allowed: Bools, rules: Rules) -> Longs:
    """Pairs of sites closer than the spacing; two existing ones may stay as they are."""
    if not rules.spacing_m:
        return np.empty((0, 2), np.int64)
    at = np.flatnonzero(allowed)
    pairs = at[cKDTree(xy[at]).query_pairs(rules.spacing_m, output_type="ndarray")].reshape(-1, 2)
    apart = np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T)
    near = (apart < rules.spacing_m - SPACING_ROUNDING_M) & ~existing[pairs].all(axis=1)
    clash: Longs = np.sort(pairs[near], axis=1).astype(np.int64)
    return clash[np.lexsort(clash.T[::-1])]


def floor_need(rules: Rules, homes: pd.DataFrame, weight: Longs, limit_ms: int, faults: Faults) -> FloorNeed | None:
    """How many must be covered in each unit where people live."""
    rule = rules.floor
    if rule is None:
        return None
    units = _units(homes, rule.level, "demand", faults)
    if units is None:
        return None
    names = sorted({u for u, w in zip(units, weight, strict=True) if u is not None and w > 0}, key=str)
    place = {name: i for i, name in enumerate(names)}
    at = np.array([place.get(u, -1) if w > 0 else -1 for u, w in zip(units, weight, strict=True)], np.int64)
    people = np.bincount(at[at >= 0], weights=weight[at >= 0].astype(np.float64), minlength=len(names))
    share = Fraction(str(rule.share))
    least = np.array([-((-share * int(p)) // 1) for p in people.tolist()], np.int64)
    limit = limit_ms if rule.within_min is None else min_to_ms(rule.within_min)
    return FloorNeed(tuple(names), at, least, limit)
