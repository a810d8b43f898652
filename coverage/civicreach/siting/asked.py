"""A question of study.toml ([[siting]]) with its layers: existing facilities, candidates, and what they reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from civicreach.errors import Faults, InputError, LayerError, nearest
from civicreach.layers import Demand, Facilities
from civicreach.measures.ground import EXISTING, Ground
from civicreach.network import RoadNetwork
from civicreach.reach import Reach, reach
from civicreach.siting.candidates import candidates_on_network
from civicreach.siting.rules import Floor, Rules, UnitQuota
from civicreach.study import Profile, ServiceSpec, SitingSpec
from civicreach.units import MS_PER_MIN

CANDIDATE = "candidate"
COST = "cost"
BY_MINUTES = ("p_median", "p_center", "consolidate")
"""Problems about how long the way is, which look farther than the limit."""
CM = 100.0


@dataclass(frozen=True, eq=False)
class Asked:
    """A question with all that answers it. `sites` are the facilities of the service and the candidates of all sources,
    with the areas that they stand in; candidates stand on whole centimetres, as the page places them."""

    ground: Ground
    spec: SitingSpec
    service: ServiceSpec
    group: str
    within_min: float
    sites: Facilities
    rules: Rules
    network: RoadNetwork
    reach: Reach

    @property
    def demand(self) -> Demand:
        """Everybody of the study."""
        return self.ground.demand

    def with_walkers(self, profile: Profile | None = None, minutes: float | None = None) -> Asked:
        """The same question for other people: another profile, another limit."""
        network = self.network if profile is None else self.ground.network(profile)
        within_min = self.within_min if minutes is None else minutes
        found = _reach(self.ground, self.spec, self.sites, network, within_min)
        return replace(self, network=network, within_min=within_min, reach=found)


def ask(ground: Ground, spec: SitingSpec) -> Asked:
    """A question with its layers and what they reach.

    Limits in metres stand as minutes of a network that is measured in metres, as everywhere.

    Raises LayerError where there is no candidate, or a column with costs or the ids of the rules can't be read.
    """
    study = ground.study
    service = study.service(spec.service)
    sites = sites_of(ground, spec)
    network = ground.network_for(service)
    within_min = spec.minutes if spec.minutes is not None else study.limit_ms(service) / MS_PER_MIN
    group = spec.group or service.group
    found = _reach(ground, spec, sites, network, within_min)
    return Asked(ground, spec, service, group, within_min, sites, rules_of(spec), network, found)


def _reach(ground: Ground, spec: SitingSpec, sites: Facilities, network: RoadNetwork, within_min: float) -> Reach:
    cutoff = within_min * spec.search_factor if spec.problem in BY_MINUTES else within_min
    return reach(ground.demand, sites, network, cutoff_min=cutoff, max_snap_m=ground.max_snap_m)


def rules_of(spec: SitingSpec) -> Rules:
    """What a question's plan must keep to."""
    quotas = tuple(
        UnitQuota(each.level, each.at_least, each.at_most, unit)
        for each in spec.quotas
        for unit in (each.units or (None,))
    )
    return Rules(
        keep=spec.problem != "consolidate",
        closable=spec.closable,
        mandatory=spec.mandatory,
        forbidden=spec.forbidden,
        quotas=quotas,
        spacing_m=spec.spacing_m,
        budget=spec.budget,
        site_cost=COST,
        max_load=spec.max_load,
        floor=None if spec.floor_share is None else Floor(spec.floor_level, spec.floor_share),
    )


def sites_of(ground: Ground, spec: SitingSpec) -> Facilities:
    """The facilities of the service, its candidates, those of other services that may open, and those on the streets.

    Ids that two sources share are told apart as `service:id`. Columns: those of `Facilities`, `source` (the service
    that a site comes from, or "streets"), `road` (of candidates on the streets), `cost` where there is a budget.

    Raises LayerError where nothing may open, or costs are missing or no amounts.
    """
    own = ground.facilities[spec.service]
    parts = [own.frame.assign(source=spec.service)]
    for name in spec.candidates:
        layer = ground.facilities[name].with_status(EXISTING, CANDIDATE)
        parts.append(layer.frame.assign(source=name, status=CANDIDATE))
    if spec.every_m is not None:
        network = ground.network_for(ground.study.service(spec.service))
        parts.append(
            candidates_on_network(network, every_m=spec.every_m, areas=ground.areas).frame.assign(source="streets")
        )
    frame = _together([_bare(part, spec) for part in parts])
    layer = Facilities(frame, spec.service, own.capacity_unit, own.source)
    return layer if ground.areas is None else layer.in_areas(ground.areas)


def _bare(part: gpd.GeoDataFrame, spec: SitingSpec) -> gpd.GeoDataFrame:
    """What a plan needs to know of a site; new ones have the room that the question gives them where no column says."""
    columns = [c for c in ("name", "status", "source", "road", "capacity") if c in part.columns]
    bare = part[[*columns, "geometry"]].copy()
    new = bare["status"] != EXISTING
    if spec.capacity is not None:
        known = bare["capacity"] if "capacity" in bare.columns else pd.Series(np.nan, index=bare.index)
        bare["capacity"] = known.astype(np.float64).mask(new & known.isna(), spec.capacity)
    if spec.budget is not None:
        bare[COST] = _costs(part, spec)
    x, y = (np.round(v.to_numpy() * CM) / CM for v in (bare.geometry.x, bare.geometry.y))
    moved = gpd.GeoSeries(gpd.points_from_xy(x, y), index=bare.index, crs=bare.crs)
    bare["geometry"] = bare.geometry.where(~new, moved)
    return bare


def _costs(part: gpd.GeoDataFrame, spec: SitingSpec) -> pd.Series:
    given = pd.Series(np.nan, index=part.index)
    if spec.cost_column is not None and spec.cost_column in part.columns:
        given = pd.to_numeric(part[spec.cost_column], errors="coerce").astype(np.float64)
    return given if spec.cost is None else given.fillna(spec.cost)


def _together(parts: list[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    ids = pd.Series([i for part in parts for i in part.index], dtype=object)
    taken = set(ids[ids.duplicated()])
    for part in parts:
        source = part["source"].iloc[0] if len(part) else ""
        part.index = pd.Index([f"{source}:{i}" if i in taken else i for i in part.index], dtype=object)
    frame = gpd.GeoDataFrame(pd.concat(parts), geometry="geometry", crs=parts[0].crs)
    frame.index.name = "facility_id"
    return frame


def check_questions(ground: Ground) -> None:
    """Everything that can be wrong with the sites of a study's questions, told at once; nothing is searched.

    Raises LayerError.
    """
    faults = Faults(ground.study.file_name)
    for spec in ground.study.siting:
        if spec.service not in ground.facilities or any(name not in ground.facilities for name in spec.candidates):
            continue  # told where the service is
        try:
            sites = sites_of(ground, spec)
        except InputError as error:
            for fault in error.faults:
                faults.add(f"siting {spec.id}: {fault}")
            continue
        for what, rows, todo in (*_site_faults(spec, sites), *_unit_faults(spec, ground)):
            faults.add(f"siting {spec.id}: {what}", rows=rows, todo=todo)
    faults.raise_if_any(LayerError)


def _site_faults(spec: SitingSpec, sites: Facilities) -> Iterator[tuple[str, list[object], str]]:
    frame = sites.frame
    new = frame["status"].isin([CANDIDATE, "planned"])
    if spec.problem != "consolidate" and not new.any():
        todo = "Give rows the status candidate, name services in candidates, or set every_m."
        yield f"no candidate for {spec.service}", [], todo
    wanted = max(spec.new or 0, sum(spec.years))
    if wanted > (open_to := int(new.sum())) > 0:
        yield f"{wanted} new sites are asked for, but there are {open_to} candidates", [], "Ask for fewer."
    for key in ("mandatory", "forbidden", "closable"):
        known = {str(i) for i in frame.index}
        if unknown := [name for name in getattr(spec, key) if name not in known]:
            yield f"{key}: no such site", list(unknown), "Use the ids of the files, or street-1, street-2, ..."
    status = frame["status"].to_dict()
    if wrong := [name for name in spec.closable if status.get(name, EXISTING) != EXISTING]:
        yield "closable: sites that don't exist yet", list(wrong), "Only existing facilities can close."
    if wrong := [name for name in spec.forbidden if status.get(name) == "planned"]:
        yield "forbidden: planned sites, which must open", list(wrong), "Change their status, or take them out."
    if spec.budget is not None:
        bad = frame.index[new & ~(frame[COST] >= 0)]
        if len(bad):
            where = spec.cost_column or "cost"
            yield f"candidates without a cost of 0 or more in {where}", bad.tolist(), "Fill it in, or set cost."


def _unit_faults(spec: SitingSpec, ground: Ground) -> Iterator[tuple[str, list[object], str]]:
    """Levels and units of quotas and floors that the areas don't have."""
    if ground.areas is None:
        return  # told where the study is read
    levels = ground.areas.levels
    asked = [quota.level for quota in spec.quotas] + ([spec.floor_level] if spec.floor_share is not None else [])
    if strange := [level for level in dict.fromkeys(asked) if level not in levels]:
        yield "no such level in the areas", list(strange), f"There are {', '.join(levels)}."
    for quota in spec.quotas:
        if quota.level in levels:
            known = {str(i) for i in ground.areas.frame[f"{quota.level}_id"]}
            if unknown := [unit for unit in quota.units if unit not in known]:
                like = nearest(unknown[0], known)
                yield f"no such {quota.level}", list(unknown), f"Is it {like}?" if like else "Use the ids of the areas."
