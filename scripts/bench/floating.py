"""Floating catchments on the same pairs: ours and PySAL access in one run, their scores compared by id."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from clock import Timing, race
from numpy.typing import NDArray
from peers import PeerAbsentError, hushed, peer
from scipy.spatial import cKDTree
from sheet import Cell, Check, Options, Result, Table, say

from civicreach.layers import Demand, Facilities
from civicreach.measures.access import METHODS, floating_catchment, hand_out_supply
from civicreach.network.snap import Snapped
from civicreach.reach import Reach

EPSG = 32650
SIDE_M = 20_000.0
LIMIT_MIN = 30.0
SPEED_MPS = 2.0
OURS, PYSAL = "civicreach", "PySAL access"
TARGET_MS = 200.0
SAME = 1e-12
FLOOR = math.exp(-0.5)
STEPS = [(10.0, 1.0), (20.0, 0.68), (30.0, 0.22)]

ABOUT = (
    "One group of people and one supply, shared out over pairs that were searched before: homes and facilities strewn "
    "over 20 x 20 km, all pairs within 30 minutes as the crow flies, because only what comes after the search is "
    "timed. Both tools get the same pairs, ids, people and supplies, each in its own form, and are taken in turns in "
    "one process. The Gaussian is the default here and is handed to PySAL as a function; its steps are 10, 20 and 30 "
    "minutes with 1, 0.68 and 0.22, its own default. Scores are joined by id. PySAL leaves homes without access out "
    "of its answer or has no value for them; here they are 0."
)
COLUMNS = (
    "method", "tool", "pairs", "wall ms", "CPU ms", "x ours, CPU", "rounds", "homes without access",
    "largest relative difference",
)  # fmt: skip
CASES: dict[str, dict[str, Any]] = {
    "2SFCA": {"method": "2sfca"},
    "E2SFCA, Gaussian": {"method": "e2sfca"},
    "E2SFCA, steps": {"method": "e2sfca", "decay": STEPS},
    "3SFCA, steps": {"method": "3sfca", "decay": STEPS},
    "BFCA, Gaussian": {"method": "bfca"},
}


def snapped(xy: NDArray[np.float64]) -> Snapped:
    """Places taken to lie on the network."""
    count = len(xy)
    zero = np.zeros(count, np.int64)
    return Snapped(
        np.zeros(count, np.int32), zero, np.zeros(count), zero, np.zeros(count, np.bool_), xy[:, 0], xy[:, 1]
    )


def city(homes: int, sites: int, seed: int = 5) -> tuple[Reach, Demand, Facilities]:
    """Homes and sites strewn over the city, a hundredth of the homes far from it, and every pair within 30 minutes."""
    rng = np.random.default_rng(seed)
    home_xy = rng.uniform(0, SIDE_M, (homes, 2))
    home_xy[: homes // 100, 0] += 2 * SIDE_M  # beyond everything
    site_xy = rng.uniform(0, SIDE_M, (sites, 2))
    near = cKDTree(home_xy).query_ball_point(site_xy, LIMIT_MIN * 60 * SPEED_MPS, return_sorted=True)
    at = np.concatenate([np.asarray(row, np.int32) for row in near])
    counts = np.array([len(row) for row in near])
    metres = np.hypot(*(home_xy[at] - np.repeat(site_xy, counts, axis=0)).T)
    demand = Demand(layer(home_xy, "h", people=rng.integers(1, 100, homes)))
    facilities = Facilities(layer(site_xy, "f", capacity=rng.integers(0, 200, sites)))
    found = Reach(
        demand.ids, facilities.ids, np.concatenate([[0], np.cumsum(counts)]), at,
        np.minimum(metres / SPEED_MPS * 1000, LIMIT_MIN * 60_000).astype(np.int32), int(LIMIT_MIN * 60_000),
        "to_facility", "straight", "straight", snapped(home_xy), snapped(site_xy),
    )  # fmt: skip
    return found, demand, facilities


def layer(xy: NDArray[np.float64], letter: str, **columns: NDArray[np.int64]) -> gpd.GeoDataFrame:
    """Points with text ids."""
    ids = [f"{letter}{i}" for i in range(len(xy))]
    return gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(*xy.T), index=ids, crs=EPSG)


def pysal_calls(found: Reach, demand: Demand, facilities: Facilities) -> dict[str, Callable[[], pd.Series]]:
    """PySAL's answers to the cases that it knows."""
    access = peer("access")
    pairs = found.frame()
    pairs["minutes"] = pairs.pop("cost_ms") / 60_000
    model = access.Access(
        demand_df=demand.frame[["people"]], demand_value="people", supply_df=facilities.frame[["capacity"]],
        supply_value="capacity", cost_df=pairs, cost_origin="demand_id", cost_dest="facility_id", cost_name="minutes",
    )  # fmt: skip
    steps = access.weights.step_fn(dict(STEPS))

    def ask(function: Callable[..., pd.DataFrame], **options: Any) -> pd.Series:
        with hushed():
            return function(max_cost=LIMIT_MIN, **options).iloc[:, 0]

    def gaussian(minutes: float) -> float:
        return (math.exp(-0.5 * (minutes / LIMIT_MIN) ** 2) - FLOOR) / (1 - FLOOR)

    return {
        "2SFCA": partial(ask, model.two_stage_fca),
        "E2SFCA, Gaussian": partial(ask, model.enhanced_two_stage_fca, weight_fn=gaussian),
        "E2SFCA, steps": partial(ask, model.enhanced_two_stage_fca, weight_fn=steps),
        "3SFCA, steps": partial(ask, model.three_stage_fca, weight_fn=steps),
    }


def difference(ours: pd.Series, theirs: pd.Series) -> tuple[float, int]:
    """The largest relative difference by id, and how many homes the other answer leaves out; each must be 0 here."""
    present = theirs.dropna()
    mine = ours.reindex(present.index)
    omitted = ours.index.difference(present.index)
    if mine.isna().any() or (ours[omitted] != 0).any():
        return np.inf, len(omitted)
    scale = np.maximum(np.abs(present.to_numpy()), np.finfo(float).tiny)
    return float((np.abs(mine - present).to_numpy() / scale).max()), len(omitted)


def run(options: Options) -> Result:
    """All cases, ours and PySAL's."""
    homes = options.pick(full=36_000, quick=36_000, tiny=600)
    sites = options.pick(full=1_000, quick=1_000, tiny=60)
    say("floating: pairs")
    layers = city(homes, sites)
    found = layers[0]
    absent, theirs = "not in PySAL", {}
    try:
        theirs = pysal_calls(*layers)
    except PeerAbsentError as fault:
        absent = str(fault)
    rows: list[tuple[Cell, ...]] = []
    checks = []
    for name, case in CASES.items():
        say(f"floating: {name}")
        calls: dict[str, Callable[[], pd.Series]] = {
            OURS: partial(floating_catchment, *layers, within_min=LIMIT_MIN, **case)
        }
        if name in theirs:
            calls[PYSAL] = theirs[name]
        times = race(calls, repeats=options.pick(full=5, quick=3, tiny=1))
        mine = times[OURS]
        zero = int((mine.answer == 0).sum())
        rows.append((name, OURS, len(found), mine.wall_ms, mine.cpu_ms, 1.0, mine.runs, f"{zero:,}, 0", ""))
        if name not in theirs:
            rows.append((name, PYSAL, len(found), absent, None, None, None, None, None))
            continue
        rows.append(peer_row(name, len(found), times))
        apart, _ = difference(mine.answer, times[PYSAL].answer)
        checks.append(
            Check(f"{name}: largest relative difference to PySAL", f"{apart:.1e}", f"{SAME:g}", apart <= SAME, True)
        )
        if options.size != "tiny":
            said = f"{mine.wall_ms:.0f}"
            checks.append(Check(f"{name}, wall ms", said, f"at most {TARGET_MS:.0f}", mine.wall_ms <= TARGET_MS))
    checks += [conserved(*layers, name) for name in METHODS if name != "bfca"]
    settings: dict[str, Cell] = {"homes": homes, "facilities": sites, "limit": f"{LIMIT_MIN:g} min"}
    return Result("floating", ABOUT, [Table("Sharing a supply out", COLUMNS, rows)], checks, settings)


def peer_row(name: str, pairs: int, times: dict[str, Timing]) -> tuple[Cell, ...]:
    """PySAL's row beside ours."""
    mine, other = times[OURS], times[PYSAL]
    apart, omitted = difference(mine.answer, other.answer)
    ratio = other.cpu_ms / mine.cpu_ms
    return name, PYSAL, pairs, other.wall_ms, other.cpu_ms, ratio, other.runs, f"{omitted:,}, left out", f"{apart:.1e}"


def conserved(found: Reach, demand: Demand, facilities: Facilities, method: Any) -> Check:
    """Whether what people get is what there is."""
    out = hand_out_supply(found, demand, facilities, within_min=LIMIT_MIN, method=method)
    supply = facilities.frame["capacity"].sum()
    apart = abs((out.score * demand.amount("people")).sum() + out.unclaimed.sum() - supply) / supply
    return Check(f"{method}: handed out against supply, relative", f"{apart:.1e}", "1e-09", apart <= 1e-9, True)
