"""The page's plan run in node on the data of a page, and what Python itself makes of the same sites."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from civicreach.layers import Demand, Facilities
from civicreach.maps.encode import pack
from civicreach.maps.layers_data import home_order, study_bounds
from civicreach.maps.shapes import Grid
from civicreach.maps.web import BOOT, SCRIPTS, page_data
from civicreach.measures.result import ServiceCircle, StudyResult
from civicreach.network import RoadNetwork
from civicreach.reach import nearest_facility, reach
from civicreach.units import min_to_ms

NODE = shutil.which("node")
ASSETS = Path(__file__).resolve().parents[1] / "coverage" / "civicreach" / "maps" / "assets"
WITHOUT_DOM = (
    "boot.js", "codec.js", "geo.js", "words.js", "values.js", "analysis.js", "service.js", "model.js",
    "street_net.js", "street_snap.js", "street_search.js", "piece_lines.js", "streets.js", "street_lines.js",
    "plan_reach.js", "plan_pieces.js", "contour.js", "reach_shapes.js", "ranges.js", "plan_suggest.js",
    "plan_explain.js", "plan_json.js", "plan_totals.js", "plan_flow.js", "plan_pairs.js", "plan_capacity.js",
    "plan.js",
)  # fmt: skip


class PlanPage:
    """The data of one page, and scenarios run on it."""

    def __init__(self, result: StudyResult, folder: Path) -> None:
        if NODE is None:
            pytest.skip("no node on this machine (Debian: apt-get install nodejs)")
        assert set(WITHOUT_DOM) <= {BOOT, *SCRIPTS}
        self.result, self.folder = result, folder
        self.head, self.columns = page_data(result)
        self.order, _ = home_order(result, Grid.over(result.crs, study_bounds(result)))
        (folder / "data.txt").write_text(pack(self.head, self.columns))

    def run(self, *scenarios: list[list[Any]]) -> list[list[Any]]:
        """The answers to the steps of scenarios; each scenario starts with a new plan."""
        job = {
            "assets": str(ASSETS), "scripts": WITHOUT_DOM, "data": str(self.folder / "data.txt"),
            "out": str(self.folder / "out.json"), "scenarios": scenarios,
        }  # fmt: skip
        (self.folder / "job.json").write_text(json.dumps(job))
        call = [str(NODE), str(Path(__file__).with_name("plan_node.js")), str(self.folder / "job.json")]
        done = subprocess.run(call, capture_output=True, text=True, check=False, timeout=600)
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads((self.folder / "out.json").read_text())

    def network(self, profile: str) -> RoadNetwork:
        """The network of a profile by the name that the page calls it."""
        return next(s.network for s in self.result.services if s.network and s.network.profile.name == profile)

    def expected(self, question: dict[str, Any], sites: list[dict[str, Any]]) -> dict[str, Any]:
        """What Python says: costs before, covered costs after, sums by level, gains."""
        service = self.result.services[question["service"]]
        network, minutes = self.network(question["profile"]), question["minutes"]
        most = self.result.study.roads.max_snap_m
        demand, limit = self.result.demand, min_to_ms(minutes)
        before = nearest_facility(demand, existing(service), network, max_snap_m=most)
        costs = pd.Series(before.cost_ms, index=demand.ids)
        after = costs.where((costs >= 0) & (costs <= limit), np.inf)
        amount = pd.Series(demand.amount(service.service.group) * 1e6).round().astype("int64")
        amount = amount.where(~demand.outside, 0)
        gains = []
        for site in sites:
            one = new_site(demand, site)
            found = reach(demand, one, network, cutoff_min=minutes, max_snap_m=most).nearest_ms()
            now = np.minimum(after, found.astype("Float64").fillna(np.inf).astype(float))
            gains.append(int(amount[(now <= limit) & ~(after <= limit)].sum()) / 1e6)
            after = now
        sums = {"people": amount, "before": amount.where((costs >= 0) & (costs <= limit), 0),
                "after": amount.where(after <= limit, 0)}  # fmt: skip
        return {"cost": costs, "after": after, "gain": gains, "limit": limit, "sums": sums}

    def by_level(self, level: str, amount: pd.Series) -> list[float]:
        """Sums by the units of a level in the page's order."""
        areas = self.result.areas
        assert areas is not None
        sums = amount.groupby(self.result.demand.frame[f"{level}_id"].to_numpy()).sum()
        return (sums.reindex(areas.units(level).index, fill_value=0) / 1e6).tolist()

    def check(self, told: dict[str, Any]) -> int:
        """Hold what the page told of a plan against Python, every home and every total; the number newly covered."""
        found = self.expected(told["question"], told["sites"])
        order, limit = self.order, found["limit"]
        before = np.array(told["cost_before"])
        assert (before == found["cost"].loc[order].to_numpy()).all()
        mine, after = np.array(told["cost_after"], dtype=float), found["after"].loc[order].to_numpy(dtype=float)
        covered = (mine >= 0) & (mine <= limit)
        assert (covered == (after <= limit)).all()
        assert (mine[covered] == after[covered]).all()
        assert told["gain"] == found["gain"]
        for key, sums in found["sums"].items():
            assert told[key] == int(sums.sum()) / 1e6
            for level, table in told["levels"].items():
                assert table[key] == self.by_level(level, sums)
        return int((covered & ~((before >= 0) & (before <= limit))).sum())


def existing(service: ServiceCircle) -> Facilities:
    """The facilities that serve today."""
    return service.facilities_layer.with_status("existing")


def new_site(demand: Demand, site: dict[str, Any]) -> Facilities:
    """A facility in the place that the page says, to the centimetre."""
    at = shapely.Point(site["x_cm"] / 100, site["y_cm"] / 100)
    return Facilities(gpd.GeoDataFrame({"name": ["new"]}, geometry=[at], crs=demand.crs, index=["new"]), "new")
