"""Shelters with a scenario's streets out: who loses reach, who is cut off, who still finds a place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from civicreach.layers import Facilities
from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, MapLayer
from civicreach.measures.assignment import Assignment, assign
from civicreach.measures.scenarios import Closed, closed_network
from civicreach.measures.shelters.capacity import served_sums
from civicreach.measures.shelters.question import Population, Question
from civicreach.measures.shelters.within import within_own_distance
from civicreach.network import RoadNetwork
from civicreach.network.edit import cut_off, shut_edges
from civicreach.reach import Reach, nearest_facility, reach
from civicreach.study import ScenarioSpec
from civicreach.units import MS_PER_MIN

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Access:
    """Who gets to shelters in one state of the streets: the `pairs` that count, and masks over demand (n,):

    `covered` has a shelter within its distance, `connected` a way to any shelter, however far.
    """

    pairs: Reach
    covered: Mask
    connected: Mask


@dataclass(frozen=True, eq=False)
class Outage:
    """A scenario: its streets are closed, `out` (k,) says which shelters are cut off."""

    closed: Closed
    out: Mask
    access: Access

    @property
    def spec(self) -> ScenarioSpec:
        """What the study says of it."""
        return self.closed.scenario

    @property
    def name(self) -> Pair:
        """What it is called."""
        return self.spec.name_en or self.spec.name, self.spec.name


@dataclass(frozen=True, eq=False)
class Change:
    """What a scenario does to a population: access `now` and in the outage, the best assignment before and after."""

    population: Population
    outage: Outage
    now: Access
    before: Assignment
    after: Assignment

    @cached_property
    def sums(self) -> pd.DataFrame:
        """By lowest unit, people: all, `covered` before and after, `losing` reach, `cut_off`, `served` before and
        after, and by how many `fewer`."""
        amount, now, then = self.population.amount, self.now, self.outage.access
        homes = {
            "people": amount,
            "covered_before": amount.where(now.covered, 0.0),
            "covered": amount.where(then.covered, 0.0),
            "losing": amount.where(now.covered & ~then.covered, 0.0),
            "cut_off": amount.where(now.connected & ~then.connected, 0.0),
            "fewer": self.before.served - self.after.served,
        }
        sums = self.population.sums(pd.DataFrame(homes))
        sums["served_before"] = served_sums(self.population, self.before)["served"]
        sums["served"] = served_sums(self.population, self.after)["served"]
        return sums


def access_now(question: Question) -> Access:
    """Who gets to shelters with all streets open."""
    pairs = within_own_distance(question.reach, question.shelters.radius_ms)
    return _access(pairs, question.nearest.found)


def access_without(question: Question, network: RoadNetwork, out: Mask, no_way: Mask) -> Access:
    """Who gets to shelters on a network with streets closed; shelters `out` (k,) and homes `no_way` (n,) are out."""
    ground, facilities = question.ground, question.shelters.facilities
    snap_m = ground.max_snap_m
    found = reach(ground.demand, facilities, network, cutoff_min=question.cutoff_min, max_snap_m=snap_m)
    pairs = within_own_distance(found, question.shelters.radius_ms, no_way=no_way, out=out)
    left = ~out & question.reach.facility_snap.found
    if not left.any():
        return _access(pairs, np.zeros(len(ground.demand.ids), dtype=np.bool_))
    kept = Facilities(facilities.frame[left], facilities.service, facilities.capacity_unit, facilities.source)
    nearest = nearest_facility(ground.demand, kept, network, max_snap_m=snap_m)
    return _access(pairs, nearest.found & ~no_way)


def _access(pairs: Reach, connected: Mask) -> Access:
    covered = np.zeros(len(pairs.demand_ids), dtype=np.bool_)
    covered[pairs.demand_at] = True
    return Access(pairs, covered, connected)


def outage_of(question: Question, scenario: ScenarioSpec, now: Access) -> Outage:
    """A scenario's streets closed. One that closes nothing changes nothing."""
    ground, facilities = question.ground, question.shelters.facilities
    closed = closed_network(ground, scenario, question.network)
    if len(closed.closure) == 0 and not closed.closure.ground:
        return Outage(closed, np.zeros(len(facilities.ids), dtype=np.bool_), now)
    out = cut_off(facilities.frame.geometry, closed.network, closed.closure, max_snap_m=ground.max_snap_m)
    no_way = closed.cut_off(ground.demand, max_snap_m=ground.max_snap_m)
    return Outage(closed, out, access_without(question, closed.network, out, no_way))


def change_of(population: Population, outage: Outage, now: Access, before: Assignment) -> Change:
    """What a scenario does to a population: people are assigned anew to what is left."""
    question, access = population.question, outage.access
    after = before
    if access is not now:
        after = assign(
            access.pairs, population.ground.demand, question.shelters.facilities,
            within_min=access.pairs.cutoff_ms / MS_PER_MIN, group=population.group, capacity=question.shelters.places,
        )  # fmt: skip
    return Change(population, outage, now, before, after)


def closed_streets(outages: list[Outage]) -> MapLayer:
    """The stretches of streets that scenarios close, one row a scenario and street name."""
    rows, shapes = [], []
    for outage in outages:
        network = outage.closed.network
        shut = np.flatnonzero(shut_edges(network)) if len(outage.closed.closure) else np.empty(0, np.int64)
        names = network.edge_name[shut]
        for name in np.unique(names):
            edges = shut[names == name]
            parts = shapely.line_merge(shapely.MultiLineString(network.lines[edges].tolist()))
            length_m = float(network.edge_length_mm[edges].sum()) / 1_000
            rows.append({"scenario": outage.spec.id, "name": network.names[name], "length_m": length_m})
            shapes.append(parts)
    fields = (
        Field("scenario", ("Scenario", "情景"), "text", words={o.spec.id: o.name for o in outages}),
        Field("name", ("Street", "道路"), "text"),
        Field("length_m", ("Closed (m)", "中断长度（米）"), "metres", total=True),
    )
    crs = outages[0].closed.network.crs
    table = pd.DataFrame(rows, columns=["scenario", "name", "length_m"])
    frame = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, crs=crs))
    return MapLayer("closed_streets", ("Closed streets", "中断道路"), frame, fields, "lines", "scenario")
