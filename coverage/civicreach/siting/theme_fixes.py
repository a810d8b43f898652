"""The cheapest fix of each gap zone as a list and a layer: a gate, a crossing, or a facility more."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Listing, MapLayer
from civicreach.siting.answered import Answered
from civicreach.siting.fixes import ACTIONS, cheapest_fixes

SHOWN = 3
"""So many fixes are listed for each zone."""


def fixes(answered: Answered) -> tuple[tuple[Listing, ...], tuple[MapLayer, ...]]:
    """The list and the layer of a question's fixes; nothing where it asks for none or none helps."""
    spec = answered.spec
    if not spec.fix_zones:
        return (), ()
    candidates = answered.asked.sites.with_status("candidate")
    found = cheapest_fixes(
        answered.ground,
        spec.service,
        group=answered.asked.group,
        zones=spec.fix_zones,
        candidates=candidates if len(candidates.ids) else None,
    )
    found = gpd.GeoDataFrame(found.groupby("zone_rank", sort=True).head(SHOWN), geometry="geometry", crs=found.crs)
    if found.empty:
        return (), ()
    frame, fields = _rows(answered, found)
    title: Pair = (
        f"{answered.name[0]}: what would help each gap",
        f"{answered.name[1]}：各缺口片区最有效的措施",
    )
    english = "People brought within the limit by each measure alone, counted anew on streets as they would be; the "
    english += "best of each zone first. Proposed links are straight lines: look on site whether they can be built."
    chinese = "逐项按改造后的路网重新计算；每个片区按新增覆盖人数排序。拟建连通道为直线示意，可行性须现场核实。"
    rule = english, chinese
    name = f"siting_{spec.id}_fixes"
    listing = Listing(name, title, pd.DataFrame(frame), fields, rule)
    shapes = gpd.GeoDataFrame(frame, geometry=found.geometry.representative_point().to_numpy(), crs=found.crs)
    layer = MapLayer(f"{name}_points", title, shapes, fields, "points", colour_by="action")
    return (listing,), (layer,)


def _rows(answered: Answered, found: gpd.GeoDataFrame) -> tuple[pd.DataFrame, tuple[Field, ...]]:
    group, (who, who_zh) = answered.asked.group, answered.who
    columns = {
        "zone_rank": found["zone_rank"].astype(np.int64),
        "zone": found["zone"].astype(str),
        "uncovered": found[f"{group}_zone"],
        "action": found["action"],
        "name": found["name"].astype(str),
        "gained_here": found[f"{group}_zone_gained"],
        "gained": found[f"{group}_gained"],
        "lost": found[f"{group}_lost"],
        "length_m": found["length_m"],
    }
    frame = pd.DataFrame(columns).reset_index(drop=True)
    fields = (
        Field("zone_rank", ("Zone", "片区"), "count"),
        Field("zone", ("Where", "位置"), "text"),
        Field("uncovered", (f"{who[:1].upper()}{who[1:]} not covered there", f"未覆盖的{who_zh}")),
        Field("action", ("Measure", "措施"), "text", words=ACTIONS),
        Field("name", ("What", "对象"), "text"),
        Field("gained_here", ("Newly covered in the zone", "片区内新增覆盖")),
        Field("gained", ("Newly covered in all", "全域新增覆盖")),
        Field("lost", ("No longer covered", "失去覆盖")),
        Field("length_m", ("Length (m)", "长度（米）"), "metres"),
    )
    return frame, fields
