"""Why homes aren't covered, as the street network shows it: no way, gates, a detour, too far, the edge of the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from civicreach.errors import LayerError
from civicreach.layers import WayFlag
from civicreach.layers.groups import Pair
from civicreach.measures.ground import EXISTING, Ground
from civicreach.measures.result import ServiceCircle
from civicreach.network import RoadNetwork
from civicreach.network.arcs import CLOSED
from civicreach.reach import nearest_facility
from civicreach.study import Study
from civicreach.units import MS_PER_MIN

CAUSES: dict[str, Pair] = {
    "gated": ("gates or private ways", "门禁阻隔"),
    "edge": ("edge of the data", "数据边缘"),
    "no_way": ("no way there", "无路可达"),
    "detour": ("a long way round", "绕行过远"),
    "far": ("too far", "距离过远"),
}
"""In the order in which they are looked for: the first that holds is a home's cause.

gated    within the standard if everyone could pass private ways and locked gates
edge     able to walk out of the data within the standard, where facilities aren't known
no_way   no street within reach of the home, or streets from which no facility can be reached at all
detour   a facility lies within the standard as the crow flies, but the streets lead DETOUR_RATIO times as far or more
far      everything else: no facility near enough, or streets that wind as streets do
"""

DETOUR_RATIO = 1.8
"""From this ratio of network to straight distance on a detour isn't the streets' own: a right-angled grid makes at most
1.41, long superblocks some more."""

BARRIERS: dict[str, Pair] = {
    "water": ("water", "水域"),
    "railway": ("railway", "铁路"),
    "motorway": ("motorway", "高速公路"),
}
PASSABLE = ("stream", "subway", "tram")
"""Kinds of water and railway on the base map that are no barriers."""

CAUSE_RULE: Pair = (
    (
        "Gates or private ways: within the standard if everyone could pass them. Edge of the data: streets lead out of "
        "it within the standard, and what lies beyond isn't known. No way there: no street near enough, or streets "
        "from which no facility can be reached. A long way round: within the standard as the crow flies, but the "
        f"streets lead at least {DETOUR_RATIO:g} times as far. Too far: all others."
    ),
    (
        "门禁阻隔：若私有道路与大门开放通行即在标准内；数据边缘：在标准内可走出数据范围，范围外设施未知；"
        "无路可达：附近无道路，或所在路段与任何设施不连通；"
        f"绕行过远：直线距离在标准内，但路网距离达直线的{DETOUR_RATIO:g}倍及以上；距离过远：其余情形。"
    ),
)
"""What the causes mean, for the rule of a list."""

Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class _Seen:
    """What one service looks like from every home (n,): costs as shares of its limit, infinite where there is none."""

    circle: ServiceCircle
    cost: Floats
    straight: Floats
    nearest: Shapes
    """Id of the nearest facility by the network, None where none can be reached."""
    straight_at: npt.NDArray[np.intp]
    """Position of the nearest facility as the crow flies."""
    limit: float
    """In the unit of all services together."""


def gap_causes(
    ground: Ground, services: str | Iterable[str], *, barriers: Mapping[str, gpd.GeoDataFrame] | None = None
) -> pd.DataFrame:
    """Why homes are covered by none of the services; one row for each such home, on the demand's ids.

    `service`, `facility_id` and `facility` (name): the facility that comes nearest to its own service's standard, as
    the crow flies where no way leads to any. `nearest_min`, `over_min` and `straight_min`: the way to it, by how much
    that is over its standard, and the straight way to the facility nearest as the crow flies, all at the profile's
    speed; NaN where none is reached. With distances as limits these are `nearest_m`, `over_m` and `straight_m`;
    where some limits are distances, they are told in minutes at the profile's walking speed. `cause` is one of CAUSES.

    `barrier` and `barrier_name` tell what stands in the way of a detour, None and "" where nothing is known: of the
    barriers that the straight line crosses the most extensive one. `barriers` are polygons or lines by kind (see
    BARRIERS), with a column `name` where they have one; water and railways of the ground's base map if not given.

    Raises LayerError for services without a circle.
    """
    names = [services] if isinstance(services, str) else list(dict.fromkeys(services))
    _check(ground, names)
    unit = measured_in(ground.study, names)
    seen = [_seen(ground, name, unit) for name in names]
    chosen, straight_by = _best(seen)
    rows = np.arange(len(ground.demand.ids))
    cost = np.column_stack([each.cost for each in seen])[rows, chosen]
    straight = np.column_stack([each.straight for each in seen])[rows, straight_by]
    limits = np.array([each.limit for each in seen])
    facility = np.column_stack([each.nearest for each in seen])[rows, chosen]
    lost = np.isinf(cost)
    at = np.column_stack([each.straight_at for each in seen])[rows, straight_by]
    for place, each in enumerate(seen):
        here = lost & (straight_by == place)
        facility[here] = _serving(each).index.to_numpy(dtype=object)[at[here]]
    service = np.where(lost, straight_by, chosen)
    nearest = np.where(lost, np.nan, cost * limits[chosen])
    status = {each.circle.service.id: each.circle.demand["status"] for each in seen}
    frame = pd.DataFrame(
        {
            "service": np.array(names, dtype=object)[service],
            "facility_id": facility,
            "facility": _names(seen, service, facility),
            f"nearest_{unit}": nearest,
            f"over_{unit}": nearest - limits[chosen],
            f"straight_{unit}": np.where(np.isinf(straight), np.nan, straight * limits[straight_by]),
            "cause": _cause(ground, seen, cost, straight),
        },
        index=ground.demand.ids,
    )
    frame = frame[_uncovered(pd.DataFrame(status, index=frame.index)).to_numpy()].copy()
    found = base_map_barriers(ground) if barriers is None else barriers
    lines = _lines(ground, seen, straight_by, at)[ground.demand.ids.get_indexer(frame.index)]
    frame[["barrier", "barrier_name"]] = _barriers(frame["cause"] == "detour", lines, found)
    return frame


def measured_in(study: Study, services: Iterable[str]) -> str:
    """ "m" where the limits of all these services are distances, otherwise "min"."""
    return "m" if {study.limit_unit(study.service(name)) for name in services} == {"m"} else "min"


def base_map_barriers(ground: Ground) -> dict[str, gpd.GeoDataFrame]:
    """Water and railways of the base map that nobody crosses but by a bridge or a tunnel."""
    layers = {"water": ground.base_map.get("water"), "railway": ground.base_map.get("rail")}
    return {name: layer[~layer["kind"].isin(PASSABLE)] for name, layer in layers.items() if layer is not None}


def straight_speed_mps(network: RoadNetwork) -> float:
    """How fast a straight way would be: the walker's speed, or the mean speed of a driver's streets by length."""
    if network.profile.mode == "walk":
        return network.profile.speed_mps
    costs = np.concatenate([network.edge_cost_ms, network.edge_back_cost_ms]).astype(np.float64)
    lengths = np.tile(network.edge_length_mm, 2)
    there = costs != CLOSED
    return float(lengths[there].sum() / costs[there].sum())


def _check(ground: Ground, names: list[str]) -> None:
    missing = [name for name in names if name not in ground.circles]
    if missing or not names:
        known = ", ".join(ground.circles) or "none"
        raise LayerError(f"no service circle of {', '.join(missing) or 'any service'} (there are {known})")


def _serving(circle: ServiceCircle | _Seen) -> gpd.GeoDataFrame:
    layer = circle.circle.facilities_layer if isinstance(circle, _Seen) else circle.facilities_layer
    return layer.with_status(EXISTING).frame


def _seen(ground: Ground, name: str, unit: str) -> _Seen:
    circle = ground.circles[name]
    study, service, frame = ground.study, circle.service, _serving(circle)
    network = ground.network_for(service)
    limit = study.limit(service)
    _, straight_at = cKDTree(np.column_stack([frame.geometry.x, frame.geometry.y])).query(ground.demand.xy)
    straight_ms = circle.demand["straight_m"].to_numpy() * 1000.0 / straight_speed_mps(network)
    in_metres = study.limit_unit(service) == "m" and unit == "min"
    return _Seen(
        circle,
        circle.demand["nearest_min"].fillna(np.inf).to_numpy() / limit,
        straight_ms / study.limit_ms(service),
        circle.demand["nearest_facility_id"].to_numpy(dtype=object),
        straight_at,
        limit * 1000.0 / study.profiles[service.profile].speed_mps / MS_PER_MIN if in_metres else limit,
    )


def _best(seen: list[_Seen]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Which service (n,) comes nearest to its limit by the network, and which one as the crow flies."""
    costs = np.column_stack([each.cost for each in seen])
    straights = np.column_stack([each.straight for each in seen])
    return costs.argmin(axis=1), straights.argmin(axis=1)


def _uncovered(status: pd.DataFrame) -> pd.Series:
    """Homes inside the areas that no service covers."""
    return ~status.isin(["covered", "outside"]).any(axis=1)


def _cause(ground: Ground, seen: list[_Seen], cost: Floats, straight: Floats) -> Shapes:
    """The first of CAUSES that holds, for every home (n,), covered or not."""
    edge = np.any([(each.circle.demand["status"] == "edge").to_numpy() for each in seen], axis=0)
    tests = {
        "gated": np.any([_with_gates_open(ground, each.circle) for each in seen], axis=0),
        "edge": edge,
        "no_way": np.isinf(cost),
        "detour": (straight <= 1.0) & (cost >= DETOUR_RATIO * straight),
        "far": np.ones(len(cost), dtype=np.bool_),
    }
    cause: Shapes = np.select([tests[name] for name in CAUSES], np.array(list(CAUSES), dtype=object).tolist(), "")
    return cause.astype(object)


def _with_gates_open(ground: Ground, circle: ServiceCircle) -> npt.NDArray[np.bool_]:
    """Who (n,) would be covered if everyone could pass private ways."""
    study, service = ground.study, circle.service
    mine, opened = ground.network_for(service), ground.network_of(study.profile_of(service), "open")
    private = bool(((opened.edge_flags & WayFlag.PRIVATE) != 0).any())
    if opened is mine or not (private or opened.node_count != mine.node_count):
        return np.zeros(len(ground.demand.ids), dtype=np.bool_)
    serving = circle.facilities_layer.with_status(EXISTING)
    cutoff_min = study.limit_ms(service) / MS_PER_MIN
    return nearest_facility(ground.demand, serving, opened, cutoff_min=cutoff_min, max_snap_m=ground.max_snap_m).found


def _names(seen: list[_Seen], service: npt.NDArray[np.intp], facility: Shapes) -> list[Any]:
    known = [_serving(each)["name"].to_dict() for each in seen]
    return [known[at].get(each) for at, each in zip(service.tolist(), facility.tolist(), strict=True)]


def _lines(ground: Ground, seen: list[_Seen], by: npt.NDArray[np.intp], at: npt.NDArray[np.intp]) -> Shapes:
    """Straight lines (n,) from the homes to the facilities nearest as the crow flies."""
    ends = ground.demand.xy.copy()
    for place, each in enumerate(seen):
        here = by == place
        points = _serving(each).geometry
        ends[here] = np.column_stack([points.x, points.y])[at[here]]
    return np.asarray(shapely.linestrings(np.stack([ground.demand.xy, ends], axis=1)))


def _barriers(asked: pd.Series, lines: Shapes, barriers: Mapping[str, gpd.GeoDataFrame]) -> pd.DataFrame:
    """`barrier` and `barrier_name` on the index of `asked`: of what each line crosses the most extensive, and the name
    of the most extensive one of that kind that has a name."""
    found = pd.DataFrame({"barrier": None, "barrier_name": ""}, index=asked.index, dtype=object)
    layers = {kind: layer for kind, layer in barriers.items() if len(layer)}
    where = np.flatnonzero(asked.to_numpy())
    if not layers or len(where) == 0:
        return found
    shapes = np.concatenate([layer.geometry.to_numpy() for layer in layers.values()])
    kinds = np.repeat(list(layers), [len(layer) for layer in layers.values()])
    names = np.concatenate([_named(layer) for layer in layers.values()])
    line, shape = shapely.STRtree(shapes).query(lines[where], predicate="intersects")
    bounds = shapely.bounds(shapes)
    extent = np.hypot(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1])
    order = np.lexsort((shape, -extent[shape], line))
    crossed = pd.DataFrame({"line": line, "kind": kinds[shape], "name": names[shape]}).iloc[order]
    first = crossed.drop_duplicates("line").set_index("line")["kind"]
    named = crossed[(crossed["kind"] == crossed["line"].map(first)) & (crossed["name"] != "")]
    name = named.drop_duplicates("line").set_index("line")["name"].reindex(first.index).fillna("")
    at = where[first.index.to_numpy()]
    found.iloc[at, 0], found.iloc[at, 1] = first.to_numpy(dtype=object), name.to_numpy(dtype=object)
    return found


def _named(layer: gpd.GeoDataFrame) -> Shapes:
    if "name" not in layer.columns:
        return np.full(len(layer), "", dtype=object)
    names: Shapes = layer["name"].fillna("").astype(str).to_numpy(dtype=object)
    return names
