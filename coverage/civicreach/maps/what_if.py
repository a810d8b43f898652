"""What a page needs to answer "what if a centre stood here?": streets, homes on them, and what exists already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from civicreach.errors import Note
from civicreach.maps.encode import Column, Ints
from civicreach.maps.ground_fit import Polynomial, ground_fit
from civicreach.maps.proposals import plots_of, proposal_heads
from civicreach.maps.spoken import told
from civicreach.maps.street_data import (
    CM,
    Streets,
    cm_of,
    distinct_streets,
    in_whole_cm,
    street_columns,
    street_head,
    zigzag,
)
from civicreach.measures.floor_area.supply import SQUARE_METRES
from civicreach.measures.result import ServiceCircle, StudyResult
from civicreach.measures.room import room_units
from civicreach.measures.words import profile_words
from civicreach.network import RoadNetwork, Snapped, snap
from civicreach.network.snap import ISLAND_DETOUR_M

MOST_NODES = 400_000
"""Streets with more nodes would make the page too heavy to open in a meeting."""

MARGIN_M = 500.0
MICRO = 1_000_000
MOST_EXACT = 2**53 - 1
"""The largest whole number that a page counts with."""

LOW_BITS = 20
"""Amounts that don't fit 32 bits are sent as two numbers, the lower one with so many bits."""

Found = tuple[dict[str, Any] | None, list[str] | None, list[Column]]


@dataclass(frozen=True, eq=False)
class StreetGround:
    """The streets that a page holds, the box around them in metres, and the way from degrees to those and back."""

    streets: list[Streets]
    box: tuple[float, float, float, float]
    fit: tuple[Polynomial, Polynomial]


def street_ground(result: StudyResult) -> StreetGround | Note:
    """The streets of a page, or why it has none."""
    reason = _left_out(result)
    if reason is not None:
        return reason
    networks = _networks(result)
    box = _box(networks)
    fit = ground_fit(result.crs, box)
    if fit is None:
        return Note(
            "the streets reach too far for this coordinate system: no what-if in the page",
            "路网范围超出坐标系适用范围，页面不提供选址推演",
        )
    return StreetGround(distinct_streets(networks), box, fit)


def what_if(result: StudyResult, ground: StreetGround | Note, order: pd.Index, names: list[str]) -> Found:
    """Header entry, or None and the reason in both languages, and the columns.

    `order` are the demand's ids as homes are drawn, `names` the street names that the page knows.
    """
    if not isinstance(ground, StreetGround):
        return None, list(told(ground)), []
    box, fit, streets = ground.box, ground.fit, ground.streets
    origin = (int(np.floor(box[0] * CM)), int(np.floor(box[1] * CM)))
    numbers = {name: i for i, name in enumerate(names)}
    columns = [c for each in streets for c in street_columns(each, origin, numbers)]
    columns += _home_columns(result, streets, order)
    amounts, drawn = _amounts(result, order)
    columns += drawn
    for i, service in enumerate(result.services):
        columns += _facility_columns(f"s{i}", service, streets, result.study.roads.max_snap_m)
    profiles = [network for each in streets for network in each.networks]
    head = {
        "crs": result.crs,
        "fingerprint": result.study.fingerprint(),
        "origin": list(origin),
        "box": [round(v * CM) for v in box],
        "to_ground": fit[0].head(),
        "to_degrees": fit[1].head(),
        "max_snap_m": result.study.roads.max_snap_m,
        "island_detour_m": ISLAND_DETOUR_M,
        "streets": [street_head(each) for each in streets],
        "profiles": [_profile(network, streets) for network in profiles],
        "amounts": amounts,
        "services": [_service(service, profiles, result) for service in result.services],
        "candidates": [c for service in result.services for c in _candidates(service, result)],
        "proposals": proposal_heads(result),
    }
    return head, None, columns


def _left_out(result: StudyResult) -> Note | None:
    """Why a page has no what-if; None where it has."""
    if result.study.study.suppress_below is not None:
        return Note(
            "small counts are hidden in this study: no what-if in the page, it would need those of single homes",
            "本项目隐去小数值；选址推演需逐个居住点的人数，页面不提供",
        )
    networks = _networks(result)
    if not networks:
        return Note("no streets came with this result: no what-if in the page", "结果未附路网，页面不提供选址推演")
    if max(network.node_count for network in networks) > MOST_NODES:
        return Note(
            f"over {MOST_NODES:,} junctions: too many for a what-if in the page",
            f"路口超过 {MOST_NODES:,} 个，页面不提供选址推演",
        )
    if not all(in_whole_cm(network) for network in networks):
        return Note(
            "the streets were cut after they were built: no what-if in the page",
            "路网在建成后经过切分，页面不提供选址推演",
        )
    return None


def _networks(result: StudyResult) -> list[RoadNetwork]:
    """The networks of the services, each once; none unless every service has its own."""
    found = [service.network for service in result.services]
    known = {network.fingerprint: network for network in found if network is not None}
    return list(known.values()) if all(network is not None for network in found) else []


def _box(networks: list[RoadNetwork]) -> tuple[float, float, float, float]:
    """West, south, east and north of all streets with a margin, in metres."""
    low = np.min([[n.geom_x.min(), n.geom_y.min()] for n in networks], axis=0) - MARGIN_M
    high = np.max([[n.geom_x.max(), n.geom_y.max()] for n in networks], axis=0) + MARGIN_M
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _profile(network: RoadNetwork, streets: list[Streets]) -> dict[str, Any]:
    """What the page calls a profile, and where its costs are."""
    at = next(i for i, each in enumerate(streets) if any(network is n for n in each.networks))
    within = next(k for k, each in enumerate(streets[at].networks) if each is network)
    profile = network.profile
    english, chinese = profile_words(profile)
    return {
        "name": profile.name,
        "words": [chinese, english],
        "speed": profile.speed_mps,
        "mode": profile.mode,
        "streets": at,
        "costs": within,
    }


def _service(service: ServiceCircle, profiles: list[RoadNetwork], result: StudyResult) -> dict[str, Any]:
    """The question of a service, and the profiles that it can be asked with: by time, or by distance."""
    own = next(k for k, n in enumerate(profiles) if n.fingerprint == service.network.fingerprint)  # type: ignore[union-attr]
    units = {s.network.fingerprint: s.limit_unit for s in result.services if s.network is not None}
    alike = [k for k, n in enumerate(profiles) if units[n.fingerprint] == service.limit_unit]
    per_unit = 1_000 if service.limit_unit == "m" else 60_000
    return {
        "id": service.service.id,
        "group": service.service.group,
        "profile": own,
        "profiles": alike,
        "limit_ms": round(service.limit * per_unit),
        "unit": service.limit_unit,
        "direction": "to_facility",
        "capacity": _capacities(service),
        "candidates": _candidates(service, result),
    }


def _capacities(service: ServiceCircle) -> list[int | None] | None:
    """Whole millionths of people that each existing facility has room for, None where the study doesn't know; None in
    all where capacity is counted in square metres, which aren't people."""
    frame = service.facilities
    unit = service.facilities_layer.capacity_unit or service.service.capacity_unit
    if unit.strip().casefold() in SQUARE_METRES:
        return None
    if "capacity" not in frame.columns:
        return [None] * len(frame)
    known = frame["capacity"].to_numpy(dtype=float, na_value=np.nan)
    open_ended = ~np.isfinite(known)
    units = room_units(pd.Series(np.where(open_ended, 0.0, known))).tolist()
    return [None if free else min(c, MOST_EXACT) for c, free in zip(units, open_ended.tolist(), strict=True)]


def _candidates(service: ServiceCircle, result: StudyResult) -> list[list[Any]]:
    """Plots where the service may be built, its own and those of plans: x and y in centimetres, id, name."""
    frame = service.facilities_layer.frame
    frame = frame[frame["status"] == "candidate"] if "status" in frame.columns else frame.iloc[:0]
    x, y = cm_of(frame.geometry.x.to_numpy(), 0).tolist(), cm_of(frame.geometry.y.to_numpy(), 0).tolist()
    own = [[*place, str(i), str(name)] for *place, i, name in zip(x, y, frame.index, frame["name"], strict=True)]
    taken = {(each[0], each[1]) for each in own}
    return own + [each for each in plots_of(result, service.service.id) if (each[0], each[1]) not in taken]


def _home_columns(result: StudyResult, streets: list[Streets], order: pd.Index) -> list[Column]:
    """Where homes meet each of the streets, and the lowest unit that each lies in (0: in none)."""
    at = result.demand.ids.get_indexer(order)
    columns = [Column("homes.unit", "u", _units(result)[at])]
    for each in streets:
        found = [snap(result.demand.frame.geometry, n, max_snap_m=result.study.roads.max_snap_m) for n in each.networks]
        columns += _places(f"{each.key}.homes", each, found, at, "d")
    return columns


def _facility_columns(key: str, service: ServiceCircle, streets: list[Streets], max_snap_m: float) -> list[Column]:
    """Where the existing facilities of a service meet each of the streets."""
    every = np.arange(len(service.facilities))
    columns = []
    for each in streets:
        found = [snap(service.facilities.geometry, n, max_snap_m=max_snap_m) for n in each.networks]
        columns += _places(f"{each.key}.{key}", each, found, every, "d")
    return columns


def _places(key: str, streets: Streets, found: list[Snapped], at: npt.NDArray[Any], kind: Any) -> list[Column]:
    """Edge + 1 (0: on none), millimetres along it, and the leg in ms: of other profiles as the difference to what
    their speed makes of the first one's."""
    first, speed = found[0], streets.first.profile.speed_mps
    columns = [
        Column(f"{key}.edge", kind, first.edge[at].astype(np.int64) + 1),
        Column(f"{key}.offset", "u", first.offset_mm[at]),
        Column(f"{key}.leg", "u", first.leg_ms[at]),
    ]
    for k, (each, network) in enumerate(zip(found[1:], streets.networks[1:], strict=True), start=1):
        guess = np.floor(first.leg_ms * speed / network.profile.speed_mps + 0.5).astype(np.int64)
        columns.append(Column(f"{key}.leg{k}", "u", zigzag(each.leg_ms - guess)[at]))
    return columns


def _units(result: StudyResult) -> Ints:
    """Number + 1 (n,) of the lowest unit that each demand lies in, 0 for none; 1 everywhere without areas."""
    if result.areas is None:
        return np.ones(len(result.demand.ids), dtype=np.int64)
    unit = result.demand.frame[f"{result.areas.lowest}_id"]
    return np.asarray(result.areas.frame.index.get_indexer(pd.Index(unit.astype(object))) + 1, dtype=np.int64)


def _amounts(result: StudyResult, order: pd.Index) -> tuple[dict[str, Any], list[Column]]:
    """Exact amounts of the services' groups: whole multiples of the coarsest power of ten that holds them all."""
    head, columns = {}, []
    for group in dict.fromkeys(service.service.group for service in result.services):
        micro = np.rint(result.demand.frame[group].loc[order].to_numpy(dtype=float) * MICRO).astype(np.int64)
        scale = 1
        while scale < MICRO and not (micro % (10 * scale)).any():
            scale *= 10
        whole = micro // scale
        split = bool(len(whole)) and int(whole.max()) >= 2**31
        head[group] = {"scale": scale, "split": LOW_BITS if split else 0}
        if split:
            columns.append(Column(f"homes.amount.{group}.high", "u", whole >> LOW_BITS))
            whole &= (1 << LOW_BITS) - 1
        columns.append(Column(f"homes.amount.{group}", "u", whole))
    return head, columns
