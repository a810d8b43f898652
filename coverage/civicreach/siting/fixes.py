"""The cheapest fix of each gap zone: open a compound, build a link, add a centre, add beds; counted on the streets
as they would be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civicreach.errors import InputError, LayerError, nearest
from civicreach.layers import Demand, Facilities
from civicreach.layers.groups import Pair
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.gap_causes import gap_causes
from civicreach.measures.gap_zones import LINK_M, gap_zones
from civicreach.measures.ground import EXISTING, Ground
from civicreach.siting.fixes_found import Mask, Town, compounds_passed, gained_by_site, proposed_links, proposed_sites
from civicreach.siting.fixes_network import open_compounds, with_links
from civicreach.siting.found import Longs

ACTIONS: dict[str, Pair] = {
    "open": ("open private ways or gates", "开放门禁或内部道路"),
    "link": ("build a crossing or footbridge", "增设过街设施或人行桥"),
    "centre": ("add a facility", "新增设施"),
    "beds": ("add beds or places", "增加床位"),
}
"""What can be done, in English and Chinese."""

COSTS = ("open", "link", "link_m", "centre", "bed")
"""What can have a cost: a compound, a link, a metre of a link, a facility, a bed."""

LONGEST_M = 150.0
"""So long a proposed link is at most."""

TRIED = 3
"""So many ways to open compounds and links are counted for each zone."""


@dataclass(frozen=True, eq=False)
class Fix:
    """One thing to do, with who (n,) comes within the limit by it and who no longer is."""

    fix_id: str
    action: str
    name: str
    geometry: shapely.Geometry
    gained: Mask
    lost: Mask
    count: int = 1
    length_m: float = float("nan")
    cost: float = float("nan")


def cheapest_fixes(
    ground: Ground,
    service: str,
    *,
    group: str | None = None,
    zones: int = 10,
    candidates: Facilities | None = None,
    links: gpd.GeoDataFrame | None = None,
    longest_m: float = LONGEST_M,
    costs: Mapping[str, float] | None = None,
    link_m: float = LINK_M,
) -> gpd.GeoDataFrame:
    """What would bring people of each gap zone within the standard, and how many; the best of each zone first.

    Three things are tried: to open the compounds on the zone's shortest ways (`open`); to build the given `links`
    (lines, with `name` and `cost` if they have them) or, without any, straight ones of at most `longest_m` where they
    help most (`link`); to add one of the `candidates` (by default the service's own), or without any a facility at
    a street corner (`centre`). Each is counted by measuring everybody anew with it, so that people whom it helps
    elsewhere, or whom it hurts, count as well. The `zones` with most people are looked at.

    One row for each zone and thing that helps it, on `rank`: `zone_rank`, `zone_id`, `zone` (its name),
    `<group>_zone` (people of the zone), `action` (a key of ACTIONS), `fix_id`, `name`, `<group>_zone_gained`,
    `<group>_gained` and `<group>_lost` (in the whole area), `<group>_net`, `count` (of compounds), `length_m` (of
    links), `cost`, `cost_per_person` (of the net), geometry. `costs` are by COSTS: of `open` a compound, a `link`, its
    metres, a `centre`; with costs the cheapest per person comes first, otherwise what gains most in the zone.

    Raises LayerError for a service without a circle or a group that isn't there, InputError for unknown costs and
    lengths that aren't positive, RoadsError for links that don't fit the streets.
    """
    prices = _checked(costs, longest_m, zones)
    case = _Case.of(ground, service, group, link_m, zones, prices)
    if case.zones.empty:
        return case.table([])
    fixes = [*case.openings(), *case.links(links, longest_m), *case.centres(candidates)]
    return case.table(fixes)


def _checked(costs: Mapping[str, float] | None, longest_m: float, zones: int) -> dict[str, float]:
    given = dict(costs or {})
    for name, value in given.items():
        if name not in COSTS:
            like = nearest(name, COSTS)
            raise InputError(f"costs: {name!r} isn't known" + (f"; is it {like!r}?" if like else ""))
        if not (np.isfinite(value) and value >= 0):
            raise InputError(f"costs: {name} must be a number of at least 0, not {value!r}")
    if not (np.isfinite(longest_m) and longest_m > 0):
        raise InputError(f"longest_m must be a positive number of metres, not {longest_m!r}")
    if zones < 1:
        raise InputError(f"zones must be at least 1, not {zones!r}")
    return given


@dataclass(frozen=True, eq=False)
class _Case:
    """One service's gap zones; `zone` (n,) is the position of each home's zone, -1 for all others."""

    ground: Ground
    service: str
    group: str
    town: Town
    zones: gpd.GeoDataFrame
    zone: Longs
    cause: pd.Series
    prices: Mapping[str, float]
    _opened: dict[tuple[int, ...], Mask] = field(default_factory=dict)

    @classmethod
    def of(
        cls, ground: Ground, service: str, group: str | None, link_m: float, count: int, prices: Mapping[str, float]
    ) -> _Case:
        if service not in ground.circles:
            raise LayerError(f"no service circle of {service} (there are {', '.join(ground.circles) or 'none'})")
        spec = ground.circles[service].service
        name = group or spec.group
        amount = ground.demand.amount(name).mask(ground.demand.outside, 0.0).to_numpy(np.float64)
        serving = ground.facilities[service].with_status(EXISTING)
        network, limit = ground.network_for(spec), ground.study.limit_ms(spec)
        town = Town(ground.demand, serving, network, limit, amount, ground.max_snap_m)
        causes = gap_causes(ground, service)
        left = amount[ground.demand.ids.get_indexer(causes.index)] > 0
        zones = gpd.GeoDataFrame(geometry=[], crs=ground.demand.crs)
        if left.any():
            zones = gap_zones(ground, service, group=name, link_m=link_m).head(count)
        zone = _zone_of(ground.demand, causes.index, amount, zones)
        return cls(ground, service, name, town, zones, zone, causes["cause"], prices)

    def rows(self, zone: int, cause: str | None = None) -> Longs:
        """The homes of a zone, of one cause if it is given."""
        mine = self.zone == zone
        if cause is not None:
            mine &= (self.cause.reindex(self.ground.demand.ids) == cause).to_numpy()
        return np.flatnonzero(mine)

    def openings(self) -> Iterator[Fix]:
        """Compounds that stand in the way of gated homes, without those that don't matter."""
        town = self.town
        if not (town.compound >= 0).any():
            return
        said = set()
        for zone in range(len(self.zones)):
            rows = self.rows(zone, "gated")
            passed = compounds_passed(town, rows)
            people = pd.Series(town.amount[passed.index.to_numpy(np.int64)], index=passed.index)
            sums = people.groupby(passed).sum().sort_values(ascending=False, kind="stable")
            for found in sums.index[:TRIED]:
                needed = self._needed(found)
                if needed and needed not in said:
                    said.add(needed)
                    yield self._opening(needed)

    def _after_opening(self, which: tuple[int, ...]) -> Mask:
        if which not in self._opened:
            network = open_compounds(self.town.network, np.array(which, np.int64))
            self._opened[which] = self.town.covered(network)
        return self._opened[which]

    def _needed(self, which: tuple[int, ...]) -> tuple[int, ...]:
        """Compounds without those whose opening changes nothing, as their own residents pass anyway."""
        for each in which:
            fewer = tuple(c for c in which if c != each)
            if np.array_equal(self._after_opening(fewer), self._after_opening(which)):
                return self._needed(fewer)
        return which

    def _opening(self, which: tuple[int, ...]) -> Fix:
        network = self.town.network
        edges = np.flatnonzero(np.isin(self.town.compound, which))
        names = dict.fromkeys(network.names[n] for n in network.edge_name[edges].tolist())
        name = " / ".join([n for n in names if n][:3])
        lines = shapely.line_merge(shapely.MultiLineString(network.lines[edges].tolist()))
        after = self._after_opening(which)
        cost = self.prices.get("open", np.nan) * len(which)
        return Fix(
            f"open-{'-'.join(map(str, which))}", "open", name, lines, *self._changed(after), len(which), cost=cost
        )

    def links(self, given: gpd.GeoDataFrame | None, longest_m: float) -> Iterator[Fix]:
        """Links that were given, or proposed for the zones with a long way round or none at all."""
        town = self.town
        if given is not None:
            for at, (name, line) in enumerate(given.geometry.items()):
                yield self._link(f"link-{name}", given.iloc[at], line)
            return
        if town.network.profile.mode != "walk":
            return
        for zone in range(len(self.zones)):
            rows = self.rows(zone)
            proposed = proposed_links(town, rows, longest_m=longest_m, count=TRIED)
            for number, line in enumerate(proposed):
                yield self._link(f"link-{self.zones['rank'].iloc[zone]}-{number + 1}", None, line)

    def _link(self, fix_id: str, row: pd.Series | None, line: shapely.LineString) -> Fix:
        town, prices = self.town, self.prices
        crs = town.network.crs
        after = town.covered(with_links(town.network, gpd.GeoSeries([line], index=[fix_id], crs=crs)))
        cost = np.nan
        if prices.keys() & {"link", "link_m"}:
            cost = prices.get("link", 0.0) + prices.get("link_m", 0.0) * line.length
        name = ""
        if row is not None:
            name = str(row["name"]) if "name" in row.index and pd.notna(row["name"]) else ""
            cost = float(row["cost"]) if "cost" in row.index and pd.notna(row["cost"]) else cost
        return Fix(fix_id, "link", name, line, *self._changed(after), length_m=float(line.length), cost=cost)

    def centres(self, candidates: Facilities | None) -> Iterator[Fix]:
        """For each zone the site that brings most of its people within the limit."""
        town, said = self.town, set()
        layer = self.ground.facilities[self.service]
        own = candidates
        if own is None and (layer.frame["status"] == "candidate").any():
            own = layer.with_status("candidate")
        for zone in range(len(self.zones)):
            sites = own
            if sites is None:
                corners = proposed_sites(town, self.rows(zone))
                if corners.empty:
                    continue
                sites = Facilities(corners, self.service)
            pairs = gained_by_site(town, sites)
            people = town.amount[pairs["row"].to_numpy()]
            here = np.bincount(pairs["site"], people * (self.zone[pairs["row"]] == zone), minlength=len(sites.ids))
            best = int(np.lexsort((np.arange(len(here)), -here))[0])
            if here[best] <= 0 or sites.ids[best] in said:
                continue
            said.add(sites.ids[best])
            gained = np.zeros(len(town.amount), np.bool_)
            gained[pairs["row"][pairs["site"] == best]] = True
            name = str(sites.frame["name"].iloc[best]) if "name" in sites.frame.columns else ""
            point = sites.frame.geometry.iloc[best]
            cost = self.prices.get("centre", np.nan)
            yield Fix(f"centre-{sites.ids[best]}", "centre", name, point, gained, np.zeros_like(gained), cost=cost)

    def _changed(self, after: Mask) -> tuple[Mask, Mask]:
        before = self.town.now
        return after & ~before, before & ~after

    @cached_property
    def _columns(self) -> list[str]:
        group = self.group
        return [
            "zone_rank", "zone_id", "zone", f"{group}_zone", "action", "fix_id", "name", f"{group}_zone_gained",
            f"{group}_gained", f"{group}_lost", f"{group}_net", "count", "length_m", "cost", "cost_per_person",
        ]  # fmt: skip

    def table(self, fixes: list[Fix]) -> gpd.GeoDataFrame:
        """A row for each zone and fix that helps it, ranked."""
        rows = [row for fix in fixes for row in self._rows(fix)]
        crs = self.ground.demand.frame.crs
        frame = gpd.GeoDataFrame(rows, columns=[*self._columns, "geometry"], geometry="geometry", crs=crs)
        order = list(ACTIONS)
        keys = ["zone_rank", "cost_per_person", "negative", "order", "fix_id"]
        frame = frame.assign(negative=-frame[f"{self.group}_zone_gained"], order=frame["action"].map(order.index))
        frame = frame.sort_values(keys, kind="stable", na_position="last").drop(columns=["negative", "order"])
        frame.index = pd.RangeIndex(1, len(frame) + 1, name="rank")
        return frame

    def _rows(self, fix: Fix) -> Iterator[dict[str, object]]:
        group = self.group
        gained, lost = self._people(fix.gained), self._people(fix.lost)
        net = round(gained - lost, PEOPLE_DECIMALS)
        for at, (zone_id, zone) in enumerate(self.zones.iterrows()):
            here = self._people(fix.gained & (self.zone == at))
            if here <= 0:
                continue
            yield dict(zip(
                [*self._columns, "geometry"],
                [zone["rank"], zone_id, zone["name"], zone[f"{group}_uncovered"], fix.action, fix.fix_id, fix.name,
                 here, gained, lost, net, fix.count, fix.length_m, fix.cost,
                 fix.cost / net if net > 0 else np.nan, fix.geometry],
                strict=True,
            ))  # fmt: skip

    def _people(self, who: Mask) -> float:
        return round(float(self.town.amount[who].sum()), PEOPLE_DECIMALS)


def _zone_of(demand: Demand, ids: pd.Index, amount: np.ndarray, zones: gpd.GeoDataFrame) -> Longs:
    """The zone of each home (n,): the one in whose shape it stands, or that stands next to it; -1 of those covered."""
    found = np.full(len(demand.ids), -1, np.int64)
    if zones.empty:
        return found
    rows = demand.ids.get_indexer(ids)
    rows = rows[amount[rows] > 0]
    points = demand.frame.geometry.to_numpy()[rows]
    (at, zone), gap = shapely.STRtree(zones.geometry.to_numpy()).query_nearest(
        points, return_distance=True, all_matches=False
    )
    inside = gap <= 0.01
    found[rows[at[inside]]] = zone[inside]
    return found
