"""Where the real data of two cities lies that some tests use; none of it is in the repository."""

import os
from pathlib import Path

WUHAN_GROUND = """\
[roads]
file = "{real}/wuhan/roads_osm_2023_unsimplified.parquet"
max_snap_m = 300
[areas]
file = "{real}/wuhan/districts13_wgs84_hgwr_utf8fixed.geojson"
[areas.columns]
district_id = "name"
[demand]
method = "points"
groups = ["listings"]
file = "{real}/wuhan/residential_compounds_779_hgwr.csv"
x = "lon"
y = "lat"
crs = "EPSG:4326"
weight_note = "second-hand flats on offer, not people"
columns = {{ id = "compound_id", listings = "listings" }}
"""
"""Streets, districts and compounds of Wuhan for a study file; `{real}` is the folder of the data."""


def real_data() -> Path | None:
    """Return the folder with `las_palmas/` and `wuhan/`, or None where there is none.

    CIVICREACH_REAL_DATA names it, else it is `../shared/data` beside the repository. A named folder that does
    not exist is an error: a slip of the pen must not look like passing tests.
    """
    if named := os.environ.get("CIVICREACH_REAL_DATA"):
        folder = Path(named).resolve()
        if not folder.is_dir():
            raise FileNotFoundError(f"CIVICREACH_REAL_DATA names {folder}, which is not a folder")
        return folder
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    return folder if folder.is_dir() else None


if __name__ == "__main__":
    if found := real_data():
        print(f"Real data: {found}; the tests marked `real` run on it.")
    else:
        print("Real data: none in CIVICREACH_REAL_DATA or ../shared/data; the tests marked `real` are skipped.")
