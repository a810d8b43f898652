"""Write the synthetic sample town into data/sample: `python scripts/make_sample.py [--out DIR]`.

The same seed gives the same bytes, with the same versions of the libraries that write PBF, GeoPackage and
GeoTIFF.
"""

from __future__ import annotations

import argparse
import random
import shutil
from pathlib import Path

from sample.communities import build_communities, write_areas
from sample.houses import Ground, build_houses
from sample.layout import lay_out
from sample.osmfile import OsmTown
from sample.people import by_age, community_table, lay_grid, settle, write_rasters
from sample.places import stand_all
from sample.risks import add_risks, write_flood
from sample.tables import write_candidates, write_communities, write_facilities, write_heights

SEED = 20260
HERE = Path(__file__).resolve().parent


def make_sample(out: Path, seed: int = SEED) -> dict[str, str]:
    """Write all files of the sample into a folder; returns what the README says about them."""
    out.mkdir(parents=True, exist_ok=True)
    layout = lay_out(seed)
    town = layout.town
    communities = build_communities(layout)
    write_areas(communities, out / "areas.gpkg")
    ground = Ground(town)
    rows = stand_all(town, ground)
    write_candidates(out / "candidates.csv", ground)
    houses = build_houses(layout, ground, random.Random(seed + 3))
    town.areas += houses
    grid = lay_grid(communities)
    ages = by_age(settle(houses, communities, grid), grid, seed + 4)
    write_rasters(ages, grid, out / "population")
    counts = community_table(ages, grid, seed + 5)
    add_risks(counts, communities, seed + 6)
    write_flood(out / "flood_depth.tif", communities)
    write_communities(out / "communities.csv", communities, counts)
    write_facilities(out / "facilities.csv", town, rows)
    write_heights(out / "dem.tif", communities)
    osm = OsmTown(town)
    osm.write(out / "roads.osm.pbf")
    shutil.copyfile(HERE / "sample" / "study.toml", out / "study.toml")
    services: dict[str, int] = {}
    for row in rows:
        services[str(row["service"])] = services.get(str(row["service"]), 0) + 1
    residents, elderly = (sum(c[k] for c in counts) for k in ("residents", "residents_60plus"))
    facts = {
        "seed": str(seed),
        "nodes": f"{len(osm.places):,}",
        "ways": f"{len(osm.ways):,}",
        "walk_km": f"{osm.walk_km():.0f}",
        "buildings": f"{len(houses):,}",
        "communities": str(len(communities)),
        "subdistricts": str(communities["subdistrict_id"].nunique()),
        "people": f"{residents:,}",
        "facilities": str(len(rows)),
        "services": ", ".join(f"{n} {s}" for s, n in services.items()),
        "candidates": "20",
        "elderly": f"{100 * elderly / residents:.1f}",
    }
    readme = (HERE / "sample" / "README.in.md").read_text(encoding="utf-8").format(**facts)
    (out / "README.md").write_bytes(readme.encode())
    return facts


def main() -> None:
    """Read the command line and write the sample."""
    parser = argparse.ArgumentParser(description="Write the synthetic sample town.")
    parser.add_argument("--out", type=Path, default=HERE.parent / "data" / "sample", help="folder to write into")
    facts = make_sample(parser.parse_args().out)
    for key, value in facts.items():
        print(f"{key:14} {value}")


if __name__ == "__main__":
    main()
