"""Whose floor area it is: every square metre of a facility belongs to some unit, and none is counted twice.

The rule, in this order:
1. named: a facility whose file names the communities that share it belongs to these, wherever it stands;
2. shared: a facility within some metres of several units (0: on their boundary) belongs to all of these;
3. inside: any other facility belongs to the one unit that it stands in, or is that near to;
4. outside: a facility that is near to no unit belongs to none.

What several units share is split in proportion to their households, equally where none of them has any.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import shapely

from civicreach.errors import ROWS_SHOWN, Faults, InputError, LayerError, nearest
from civicreach.layers import Areas, Facilities
from civicreach.layers.points import check_amounts
from civicreach.measures.coverage import PEOPLE_DECIMALS

RULES = ("inside", "shared", "named", "outside")
ON_BOUNDARY_M = 0.001
"""Nearer than this is on the boundary: coordinates that were projected never meet a line to the last digit."""
SEPARATORS = re.compile(r"[;；、\n]")
MICRO = 10**PEOPLE_DECIMALS

Named = Mapping[object, Sequence[object]]


def shared_floor_area(
    facilities: Facilities,
    areas: Areas,
    floor_area_m2: pd.Series,
    households: pd.Series,
    *,
    named: Named | None = None,
    shared_m: float = 0.0,
) -> pd.DataFrame:
    """The parts of each facility's floor area: `facility_id`, `unit` (None outside all), `m2`, `rule` (one of RULES).

    `floor_area_m2` is matched to the facilities and `households` to the areas by id. `named` holds the units that
    share a facility, by its id. `shared_m` is inclusive. The parts of a facility add up to all of it, to a millionth.

    Raises LayerError for floor areas that are missing, negative or no numbers and for unknown units, InputError for a
    negative `shared_m`.
    """
    if not (np.isfinite(shared_m) and shared_m >= 0):
        raise InputError(f"shared_m must be 0 or more metres, not {shared_m!r}")
    faults = Faults(facilities.source or facilities.service)
    amounts = floor_area_m2.reindex(facilities.ids)
    check_amounts(amounts, "floor area", faults)
    position = {unit: at for at, unit in enumerate(areas.frame.index)}
    named = named or {}
    pairs = [(facility, unit) for facility, units in named.items() for unit in units]
    if strange := [f"{facility} has {unit!r}" for facility, unit in pairs if unit not in position]:
        faults.add(f"no such {areas.lowest} of the areas", rows=strange)
    faults.raise_if_any(LayerError)
    weight = households.reindex(areas.frame.index).fillna(0.0).to_numpy(dtype=np.float64)
    near = _near(facilities, areas, max(shared_m, ON_BOUNDARY_M))
    rows: list[tuple[object, object, float, str]] = []
    for at, (facility, m2) in enumerate(amounts.items()):
        given = named.get(facility)
        units = near[at] if given is None else sorted({position[unit] for unit in given})
        if not units:
            rows.append((facility, None, round(float(m2), PEOPLE_DECIMALS), "outside"))
            continue
        rule = "named" if given is not None else "shared" if len(units) > 1 else "inside"
        parts = split(float(m2), [weight[unit] for unit in units])
        rows += [(facility, areas.frame.index[unit], part, rule) for unit, part in zip(units, parts, strict=True)]
    return pd.DataFrame(rows, columns=["facility_id", "unit", "m2", "rule"]).astype({"unit": object})


def split(amount: float, weights: Sequence[float]) -> list[float]:
    """Parts of an amount in proportion to weights, equal where all of them are 0, that add up to it to a millionth.

    Millionths that are left over go to the largest remainders, then to the larger weights, then to those that stand
    first.

    >>> split(100, [1, 2]), split(1, [0, 0])
    ([33.333333, 66.666667], [0.5, 0.5])
    """
    whole = round(amount * MICRO)
    shares = [round(weight * MICRO) for weight in weights]
    if not any(shares):
        shares = [1] * len(shares)
    parts, rest = map(list, zip(*(divmod(whole * share, sum(shares)) for share in shares), strict=True))
    order = sorted(range(len(parts)), key=lambda at: (-rest[at], -shares[at], at))
    for at in order[: whole - sum(parts)]:
        parts[at] += 1
    return [part / MICRO for part in parts]


def units_named(column: pd.Series, areas: Areas, faults: Faults) -> dict[object, list[object]]:
    """The units that each facility's text names by id or exact name, by the facility's id; facilities without text
    are left out.

    Words that are no unit, and names that several units share, are faults with the nearest one.
    """
    names = areas.frame[areas.lowest].astype(str)
    several = set(names[names.duplicated(keep=False)])
    known = {str(name): unit for unit, name in names.items() if name not in several}
    known |= {str(unit): unit for unit in areas.frame.index}
    found: dict[object, list[object]] = {}
    strange: list[str] = []
    doubtful: list[str] = []
    for facility, text in column.dropna().items():
        words = [word.strip() for word in SEPARATORS.split(str(text)) if word.strip()]
        for word in words:
            if word in known:
                continue
            near = nearest(word, known) if len(strange) < ROWS_SHOWN else None
            if word in several:
                doubtful.append(f"{facility} has {word!r}")
            else:
                strange.append(f"{facility} has {word!r}" + (f" (perhaps {near})" if near else ""))
        if units := {known[word] for word in words if word in known}:
            found[facility] = [unit for unit in areas.frame.index if unit in units]
    if strange:
        todo = f"Name each {areas.lowest} by its id or its exact name, with semicolons between them."
        faults.add(f"{column.name} names no {areas.lowest} of the areas", rows=strange, todo=todo)
    if doubtful:
        faults.add(f"{column.name} has names that several units share", rows=doubtful, todo="Give the id instead.")
    return found


def _near(facilities: Facilities, areas: Areas, within_m: float) -> list[list[int]]:
    """Positions of the units within some metres (inclusive) of each facility, in the areas' order."""
    tree = shapely.STRtree(areas.frame.geometry.to_numpy())
    at, unit = tree.query(facilities.frame.geometry.to_numpy(), predicate="dwithin", distance=within_m)
    near: list[list[int]] = [[] for _ in facilities.ids]
    for facility, position in sorted(zip(at.tolist(), unit.tolist(), strict=True)):
        near[facility].append(position)
    return near
