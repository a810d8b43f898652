"""Where facilities stand: on free ground near the place they are meant for, and how OpenStreetMap knows them."""

from __future__ import annotations

import csv
import math
from pathlib import Path

from sample import terrain
from sample.houses import Ground, box_at
from sample.plane import Point
from sample.town import Area, Tags, Town, named

Row = dict[str, str | int | float]


def stand(ground: Ground, at: Point, size: tuple[float, float] | None) -> Point:
    """The nearest free place to where a facility should stand; puts up its building when it has a size."""
    for radius in range(0, 260, 6):
        for k in range(max(1, radius // 3)):
            a = 2 * math.pi * k / max(1, radius // 3)
            spot = (at[0] + radius * math.cos(a), at[1] + radius * math.sin(a))
            if size is None:
                if not terrain.water().buffer(5).contains(box_at(spot, 1, 1)):
                    return spot
            elif ground.take(box_at(spot, *size), 5.0):
                return spot
    raise RuntimeError(f"no free ground within 260 m of {at}")


OPEN_AIR = ("shelter", "park")
PLAN = Path(__file__).with_name("places.csv")
"""What should stand where on the plane: written by hand, every name and number invented."""


def stand_all(town: Town, ground: Ground) -> list[Row]:
    """Put every facility of the plan on the map; returns the rows of facilities.csv with plane coordinates."""
    with PLAN.open(encoding="utf-8", newline="") as file:
        plan = list(csv.DictReader(file))
    rows: list[Row] = []
    for n, place in enumerate(plan, start=1):
        area = int(place["floor_area_m2"] or 0)
        wide = 14.0 if area < 400 else 26.0 if area < 2000 else 36.0
        size = None if place["service"] in OPEN_AIR else (wide, wide * 0.6)
        x, y = stand(ground, (float(place["x"]), float(place["y"])), size)
        if size:
            kind = "hospital" if place["service"] == "clinic" else "public"
            town.areas.append(Area(box_at((x, y), *size), {"building": kind, "building:levels": "3"}))
        note = "合成 synthetic" + (f"; {place['note']}" if place["note"] else "")
        rows.append({**place, "id": f"F{n:03d}", "x": x, "y": y, "status": "existing", "note": note})
    _tag(town, rows)
    return rows


def _tag(town: Town, rows: list[Row]) -> None:
    """The same facilities as OpenStreetMap knows them: most as points, one elder home mapped three times."""
    kinds: dict[str, Tags] = {
        "elder_centre": {
            "amenity": "social_facility",
            "social_facility": "nursing_home",
            "social_facility:for": "senior",
        },
        "community_station": {"amenity": "community_centre"},
        "clinic": {"amenity": "clinic", "healthcare": "clinic"},
        "market": {"amenity": "marketplace"},
    }
    for row in rows:
        tags = kinds.get(str(row["service"]))
        if tags is None:
            continue
        named_tags = {**tags, **named((str(row["name"]), str(row["name_en"])))}
        x, y = float(row["x"]), float(row["y"])
        town.points.append(((x + 2, y + 2), named_tags))
        if row["name"] == "听荷养老院":
            town.areas.append(Area(box_at((x, y), 40, 26), {**named_tags, "building": "yes"}))
            yard = box_at((x + 6, y - 4), 74, 60).difference(box_at((x + 22, y - 20), 12, 8))
            town.areas.append(Area(yard, named_tags))
