"""Five new elder centres in Las Palmas, anywhere on its streets, with and without one in every area.

Streets, homes and the centres of today are OpenStreetMap's; totals of people and the areas are assumed, and called so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import civicreach as cr
from civicreach.inputs.study_file import read_study
from civicreach.layers import Facilities
from civicreach.measures import StudyResult
from civicreach.measures.analysis import Analysis, Topic
from civicreach.run import load_study, measure_study
from civicreach.run.networks import Networks

pytestmark = pytest.mark.real

CRS = "EPSG:32628"
SQUARE_M = 4_000
CENTRES = '["amenity=social_facility + social_facility:for=senior", "amenity=nursing_home"]'
STUDY = """
[study]
name = "Las Palmas"
year = 2023
language = "en"
data_note_en = "Totals of people and areas are assumed"
analyses = ["siting"]
[roads]
file = "{data}/las-palmas-2023-02-21.osm.pbf"
[areas]
file = "areas_assumed.gpkg"
[demand]
method = "table_on_buildings"
groups = ["people", "elderly"]
assumed_totals = {{ people = 378000, elderly = 80000 }}
[[services]]
id = "centre"
name = "Elder centre"
osm = {centres}
minutes = 15
group = "elderly"
profile = "elder"
[[siting]]
id = "free"
name = "Five more"
service = "centre"
new = 5
every_m = 300
seconds = 15
[[siting]]
id = "fair"
name = "Five more, and one in every area"
service = "centre"
new = 5
every_m = 300
quotas = [{{ level = "district", at_least = 1 }}]
seconds = 15
"""


@dataclass(frozen=True)
class Town:
    """The measured study and what its plans stand on."""

    result: StudyResult
    networks: Networks

    @property
    def analysis(self) -> Analysis:
        return next(a for a in self.result.analyses if a.id == "siting")

    def figure(self, plan: str, name: str) -> float:
        value = next(f.value for f in self.analysis.figures if f.id == f"siting.{plan}.{name}")
        assert value is not None
        return value

    def topic(self, plan: str) -> Topic:
        return next(t for t in self.analysis.topics if t.id == f"siting_{plan}")

    def sites(self, plan: str) -> gpd.GeoDataFrame:
        """All sites of a question and what its plan does with them, on their ids."""
        return next(x for x in self.analysis.layers if x.id == f"siting_{plan}_points").frame.set_index("id")

    @cached_property
    def elderly(self) -> pd.Series:
        """The elderly of each home, none outside all areas."""
        return self.result.demand.amount("elderly").mask(self.result.demand.outside, 0.0)

    def covered(self, sites: gpd.GeoDataFrame) -> pd.Series:
        """Homes with any of the sites within 15 minutes, searched anew."""
        demand, layer = self.result.demand, gpd.GeoDataFrame(geometry=sites.geometry)
        network = self.networks.network(self.result.study.profiles["elder"], "residents")
        snap = self.result.study.roads.max_snap_m
        found = cr.reach(demand, Facilities(layer), network, cutoff_min=15, max_snap_m=snap)
        return pd.Series(demand.ids.isin(found.demand_ids[np.unique(found.demand_at)]), index=demand.ids)


@pytest.fixture(scope="module")
def town(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    folder, data = tmp_path_factory.mktemp("las_palmas"), real / "las_palmas"
    city = gpd.read_file(data / "municipality.geojson").to_crs(CRS).geometry.union_all()
    west, south, east, north = city.bounds
    parts = {
        (r, c): shapely.intersection(city, shapely.box(x, y, x + SQUARE_M, y + SQUARE_M))
        for r, y in enumerate(np.arange(south, north, SQUARE_M))
        for c, x in enumerate(np.arange(west, east, SQUARE_M))
    }
    rows = [(f"S{r}{c}", f"Square {r}-{c} (assumed)", f"D{r}", part) for (r, c), part in parts.items() if part.area > 1]
    squares = gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=["community_id", "community", "district_id", "geometry"]), crs=CRS
    )
    squares.to_file(folder / "areas_assumed.gpkg", driver="GPKG")
    (folder / "study.toml").write_text(STUDY.format(data=data.as_posix(), centres=CENTRES), encoding="utf-8")
    study = read_study(folder / "study.toml")
    return Town(measure_study(load_study(study)), Networks(study))


@pytest.mark.parametrize("plan", ["free", "fair"])
def test_the_share_is_counted_anew_from_the_network(town: Town, plan: str) -> None:
    sites = town.sites(plan)
    opened = sites["role"] == "opened"
    assert opened.sum() == 5
    assert (sites["role"] == "unused").sum() > 200, "candidates all over the streets"
    today, then = (
        town.covered(sites[sites["role"] == "kept"]),
        town.covered(sites[sites["role"].isin(["kept", "opened"])]),
    )
    total = town.elderly.sum()
    assert town.figure(plan, "people_share_before") == pytest.approx(town.elderly[today].sum() / total, abs=1e-9)
    assert town.figure(plan, "people_share") == pytest.approx(town.elderly[then].sum() / total, abs=1e-9)
    assert town.figure(plan, "people_share") > town.figure(plan, "people_share_before") + 0.02
    table = town.topic(plan).tables["community"]
    assert table["covered_after"].sum() == pytest.approx(town.elderly[then].sum(), abs=1e-3)


@pytest.mark.parametrize("plan", ["free", "fair"])
def test_the_plan_is_proven_or_nearly_the_best(town: Town, plan: str) -> None:
    assert town.figure(plan, "gap") <= 0.01


def test_one_in_every_area_has_its_price(town: Town) -> None:
    free, fair = town.sites("free"), town.sites("fair")
    areas = town.result.areas.units("district").geometry
    homes = town.result.demand.frame["district_id"][town.elderly > 0]
    lived_in = areas[areas.index.isin(homes.unique())]
    there = fair[fair["role"].isin(["kept", "opened"])]
    assert all(there.intersects(area).any() for area in lived_in)
    alone = free[free["role"].isin(["kept", "opened"])]
    assert not all(alone.intersects(area).any() for area in lived_in), "a rule that binds nothing proves nothing"
    price = next(x for x in town.analysis.listings if x.id == "siting_fair_prices").frame.iloc[0]
    lost = (town.figure("free", "people_share") - town.figure("fair", "people_share")) * town.elderly.sum()
    assert price["price"] >= 0
    if town.figure("free", "gap") == town.figure("fair", "gap") == 0:
        assert price["price"] == pytest.approx(lost, abs=1e-3)
