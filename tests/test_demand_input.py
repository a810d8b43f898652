from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from civicreach.errors import CrsError, LayerError
from civicreach.inputs import demand_spread
from civicreach.inputs.areas import read_areas
from civicreach.inputs.demand import read_demand
from civicreach.inputs.rasters import read_people
from civicreach.inputs.study_file import read_study
from civicreach.layers import Areas, Demand
from little_study import CRS, X0, Y0, a_study, square_areas, squares, sums, write, write_layer
from note_case import in_chinese
from real_data import real_data

REAL = real_data()
needs_real_data = pytest.mark.skipif(REAL is None, reason="no real data beside the repository")

HOMES = f"""
home,persons,old,x,y
h1,10,2,{X0 + 50},{Y0 + 50}
h2,0.5,0,{X0 + 150},{Y0 + 50}
h3,7,7,{X0 + 9999},{Y0 + 50}
"""
GROUPS = {"groups": ["people", "elderly"], "columns": {"id": "home", "people": "persons", "elderly": "old"}}


def read(folder: Path, areas: Areas | None = None, **demand: object) -> Demand:
    return read_demand(a_study(folder, demand=demand, service={"group": "people"}), CRS, areas)


def told(folder: Path, areas: Areas | None = None, **demand: object) -> list[str]:
    with pytest.raises((LayerError, CrsError)) as caught:
        read(folder, areas, **demand)
    return [str(fault) for fault in caught.value.faults]


# points


def test_points_keep_those_outside_all_areas(tmp_path: Path) -> None:
    write(tmp_path / "homes.csv", HOMES)
    demand = read(tmp_path, square_areas("a", "b"), **GROUPS)
    assert demand.ids.tolist() == ["h1", "h2", "h3"]
    assert demand.frame["people"].tolist() == [10, 0.5, 7]
    assert demand.frame["community_id"].tolist() == ["a", "b", None]
    assert demand.outside.tolist() == [False, False, True]
    assert read(tmp_path, **GROUPS).frame.columns.tolist() == ["people", "elderly", "geometry"]


def test_points_of_a_layer_and_ids_by_row(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"people": [3, 4]}, geometry=[box(X0, Y0, X0 + 9, Y0 + 9)] * 2, crs=CRS)
    write_layer(frame, tmp_path / "homes.gpkg")
    demand = read(tmp_path, file="homes.gpkg", x=None, y=None, crs=None)
    assert demand.ids.tolist() == ["feature 1", "feature 2"]
    assert demand.frame["people"].tolist() == [3, 4]


def test_a_weight_says_what_it_counts(tmp_path: Path) -> None:
    write(tmp_path / "homes.csv", HOMES)
    assert read(tmp_path, columns={"people": "persons"}, weight_note="listings").note == "listings"


def test_faults_of_points_are_told_at_once_with_their_rows(tmp_path: Path) -> None:
    write(
        tmp_path / "homes.csv",
        f"""
        home,persons,old,x,y
        h1,-1,0,{X0},{Y0}
        h1,many,1,{X0},{Y0}

        h2,3,4,,{Y0}
        h3,nan,,{X0},{Y0}
        """,
    )
    assert told(tmp_path, **GROUPS) == [
        "homes.csv: home has ids that stand twice (2: h1 in row 2, h1 in row 3). Give each row its own id.",
        "homes.csv: persons isn't a number (2: row 3 has 'many', row 6 has 'nan'). Write a plain number.",
        "homes.csv: persons is negative (1: row 2). Amounts are 0 or more: mend these rows.",
        "homes.csv: old is empty (1: row 6). Fill it in.",
        "homes.csv: more elderly than people (1: row 5)",
        "homes.csv: x is empty (1: row 5). Fill it in.",
    ]


def test_groups_without_a_column(tmp_path: Path) -> None:
    write(tmp_path / "homes.csv", HOMES)
    assert told(tmp_path) == [
        "homes.csv: no column for the group 'people'. Name its column in [demand.columns]: people = ..."
    ]
    assert "no column 'person'. Did you mean persons?" in told(tmp_path, columns={"people": "person"})[0]
    assert told(tmp_path, columns={"peple": "persons"}) == [
        "demand.columns: 'peple' is no group of the demand. Did you mean people? There are id, people."
    ]
    # the template's columns may name more than the study asks for
    assert read(tmp_path, columns={"people": "persons", "households": "h"}).groups == ("people",)


def test_a_group_of_nobody_gives_no_share(tmp_path: Path) -> None:
    write(tmp_path / "homes.csv", f"people,x,y\n0,{X0},{Y0}")
    assert told(tmp_path) == ["homes.csv: the total of people is 0. A share of nobody can't be computed."]


# a table by area


def test_a_table_stands_at_one_point_in_each_area(tmp_path: Path) -> None:
    write(tmp_path / "t.csv", "community_id,people\nb,5\na,3")
    demand = read(tmp_path, square_areas("a", "b"), method="table", table="t.csv", file=None)
    assert demand.ids.tolist() == ["a", "b"]
    assert demand.frame["people"].tolist() == [3, 5]
    assert demand.frame["community_id"].tolist() == ["a", "b"]
    assert demand.notes == ("each community stands at one point inside it",)
    assert in_chinese(demand.notes) == ["每个基层单元以其内部的一个代表点计"]


def test_rows_and_areas_that_do_not_join_are_told(tmp_path: Path) -> None:
    write(tmp_path / "t.csv", "code,people\na,3\nB,5\n,1\na,2")
    faults = told(tmp_path, square_areas("a", "b"), method="table", table="t.csv", columns={"id": "code"})
    assert faults == [
        "t.csv: code is empty (1: row 4)",
        "t.csv: code has ids that stand twice (2: a in row 2, a in row 5). Give each row its own id.",
        "t.csv: code names no community of the areas (1: row 3 has 'B'). The areas have a, b, ...",
        "t.csv: community areas without a row in the table (1: b). Give each a row; 0 where nobody lives.",
    ]
    assert "needs areas" in told(tmp_path, method="table", table="t.csv")[0]


def in_two_subdistricts() -> Areas:
    return Areas(squares("a", "b", "c", subdistrict_id=["s1", "s1", "s2"]))


def test_totals_of_a_level_above_are_checked_and_not_counted_again(tmp_path: Path) -> None:
    write(tmp_path / "t.csv", "code,people\na,3\nb,5\ns1,8\nc,2\ns2,2")
    demand = read(tmp_path, in_two_subdistricts(), method="table", table="t.csv", file=None, columns={"id": "code"})
    assert demand.frame["people"].to_dict() == {"a": 3, "b": 5, "c": 2}


def test_totals_that_are_not_the_sum_of_their_parts_are_told(tmp_path: Path) -> None:
    write(tmp_path / "t.csv", "code,people\na,3\nb,5\ns1,9\nc,2\ns2,4")
    faults = told(tmp_path, in_two_subdistricts(), method="table", table="t.csv", columns={"id": "code"})
    assert faults == [
        (
            "t.csv: totals of people by subdistrict that aren't the sum of their parts (2: row 4 has 9, its parts 8, "
            "row 6 has 4, its parts 2). Mend the total or its parts, or take the row out."
        ),
    ]
    write(tmp_path / "t.csv", "code,people\ns1,8\ns2,2")
    faults = told(tmp_path, in_two_subdistricts(), method="table", table="t.csv", columns={"id": "code"})
    assert "They are ids of the level subdistrict" in faults[0]


# rasters


def write_raster(
    path: Path,
    values: object,
    *,
    x0: float = X0,
    y0: float = Y0,
    cell_m: float = 100,
    crs: str | None = CRS,
    **more,
) -> Path:
    """A raster whose lower left corner lies at (x0, y0)."""
    array = np.atleast_2d(np.asarray(values, dtype="float32"))
    path.parent.mkdir(parents=True, exist_ok=True)
    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "crs": crs, "nodata": -99999.0, **more}
    transform = Affine(cell_m, 0, x0, 0, -cell_m, y0 + array.shape[0] * cell_m)
    with rasterio.open(
        path, "w", width=array.shape[1], height=array.shape[0], transform=transform, **profile
    ) as raster:
        raster.write(array, 1)
    return path


def write_ages(folder: Path, name: str = "chn_{sex}_{age}_2020.tif", **more) -> None:
    """Two cells: women 1 and 2 of each age, men 10 and 20; ages 0, 60 and 80."""
    for sex, times in (("f", 1), ("m", 10)):
        for age in (0, 60, 80):
            write_raster(folder / name.format(sex=sex, age=age), np.array([1.0, 2.0]) * times, **more)


@pytest.mark.parametrize(
    "name",
    [
        "chn_{sex}_{age}_2020.tif",
        "chn_{sex}_{age:02d}_2020_CN_100m_R2025A_v1.tif",
        "chn_2020_{sex}_{age}_constrained.tif",
        "CHN_{sex}_{age}_2020_constrained_UNadj.TIF",
    ],
)
def test_rasters_by_age_and_sex(tmp_path: Path, name: str) -> None:
    write_ages(tmp_path / "population", name)
    groups = ["people", "elderly", "elderly_80", "age_80_plus"]
    demand = read(tmp_path, method="rasters", rasters="population", groups=groups, file=None)
    assert demand.ids.tolist() == ["r0c0", "r0c1"]
    assert demand.frame[groups].to_numpy().tolist() == [[33, 22, 11, 11], [66, 44, 22, 22]]
    np.testing.assert_allclose(demand.xy, [[X0 + 50, Y0 + 50], [X0 + 150, Y0 + 50]])


def test_sums_of_both_sexes_are_not_counted_again(tmp_path: Path) -> None:
    write_ages(tmp_path)
    for name in ("chn_t_0_2020.tif", "chn_t_60_2020.tif", "chn_T_F_2020.tif"):
        write_raster(tmp_path / name, [1000, 1000])
    assert read_people(str(tmp_path), ["people"]).amounts["people"].tolist() == [33, 66]
    for path in (*tmp_path.glob("chn_f_*"), *tmp_path.glob("chn_m_*")):
        path.unlink()
    assert read_people(str(tmp_path), ["people", "elderly"]).amounts.to_numpy().tolist() == [[2000, 1000]] * 2


def test_cells_without_people_are_no_points(tmp_path: Path) -> None:
    values = [[0, -99999, 3], [4, 0, 5]]
    write_raster(tmp_path / "ghs_pop.tif", values, blockysize=1)
    demand = read(tmp_path, method="rasters", rasters="ghs_pop.tif", file=None)
    assert demand.frame["people"].to_dict() == {"r0c2": 3, "r1c0": 4, "r1c2": 5}
    np.testing.assert_allclose(demand.xy[0], [X0 + 250, Y0 + 150])


def test_windows_give_what_the_whole_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(1).integers(0, 3, (37, 11))
    path = str(write_raster(tmp_path / "p.tif", values, blockysize=4))
    whole = read_people(path, ["people"])
    monkeypatch.setattr("civicreach.inputs.rasters.WINDOW_CELLS", 50)
    parts = read_people(path, ["people"])
    assert whole.row.tolist() == parts.row.tolist() == np.nonzero(values)[0].tolist()
    assert whole.amounts["people"].tolist() == parts.amounts["people"].tolist()
    monkeypatch.setattr("civicreach.inputs.rasters.MAX_CELLS", 100)
    with pytest.raises(LayerError, match=r"more than 100 inhabited cells\. Cut them"):
        read_people(path, ["people"])


def test_rasters_that_do_not_fit_together(tmp_path: Path) -> None:
    def told_of(folder: str, groups: tuple[str, ...] = ("people",)) -> str:
        with pytest.raises((LayerError, CrsError)) as caught:
            read_people(str(tmp_path / folder), list(groups))
        return str(caught.value)

    write_ages(tmp_path / "a")
    write_raster(tmp_path / "a" / "chn_f_65_2020.tif", [1, 2])
    write_raster(tmp_path / "a" / "chn_m_0_2021.tif", [1, 2])
    write_raster(tmp_path / "a" / "chn_f_0_2020_UNadj.tif", [1, 2])
    write_raster(tmp_path / "a" / "all.tif", [1, 2])
    text = told_of("a")
    assert "rasters whose name tells no age and sex (1: all.tif)" in text
    assert "rasters of several years (2: 2020, 2021)" in text
    assert "rasters that are missing (1: men from 65)" in text
    assert "people that would be counted twice (2: chn_f_0_2020.tif and chn_f_0_2020_UNadj.tif" in text
    write_ages(tmp_path / "b")
    write_raster(tmp_path / "b" / "chn_m_80_2020.tif", [1, 2], x0=X0 + 30)
    assert "rasters on another grid than chn_f_0_2020.tif (1: chn_m_80_2020.tif)" in told_of("b")
    assert "no raster begins at 65 years (age_65_plus). The rasters begin at 0, 60, 80." in told_of(
        "b", ("people", "age_65_plus")
    )
    assert "rasters don't give the group 'households'" in told_of("b", ("households",))
    write_raster(tmp_path / "c.tif", [1, 2])
    assert "a raster of all people doesn't give the group 'elderly'" in told_of("c.tif", ("people", "elderly"))
    assert "no raster found" in told_of("nothing/*.tif")


def test_rasters_with_broken_values(tmp_path: Path) -> None:
    def told_of(name: str, **more) -> str:
        with pytest.raises((LayerError, CrsError)) as caught:
            read_people(str(tmp_path / name), ["people"], **more)
        return str(caught.value)

    write_raster(tmp_path / "n.tif", [[1, -2, -3], [np.nan, 1, 1]])
    assert "n.tif: 2 cells with fewer than 0 people" in told_of("n.tif")
    assert "n.tif: 1 cells that are no number" in told_of("n.tif")
    write_raster(tmp_path / "z.tif", [0, -99999])
    assert "z.tif: nobody lives in the raster" in told_of("z.tif")
    write_raster(tmp_path / "bare.tif", [1, 2], crs=None)
    assert "bare.tif: no coordinate system" in told_of("bare.tif")
    assert read_people(str(tmp_path / "bare.tif"), ["people"], CRS).grid.crs == CRS
    write_raster(tmp_path / "deg.tif", [1, 2], crs="EPSG:4326")
    assert "outside the range of degrees" in told_of("deg.tif")
    (tmp_path / "broken.tif").write_bytes(b"II*\0 no more")
    assert "not a raster that can be read" in told_of("broken.tif")
    whole = write_raster(tmp_path / "cut.tif", np.random.default_rng(1).random((300, 300))).read_bytes()
    (tmp_path / "cut.tif").write_bytes(whole[: len(whole) // 2])
    assert "the raster is damaged. Download it again" in told_of("cut.tif")


# a table over rasters


def test_totals_follow_the_raster_of_each_group(tmp_path: Path) -> None:
    # four cells of 100 m over two squares of 200 m; women and men alike, half the people of cell 1 are old
    for sex in "fm":
        write_raster(tmp_path / "p" / f"chn_{sex}_0_2020.tif", [[1, 3, 0, 0], [0, 0, 2, 2]])
        write_raster(tmp_path / "p" / f"chn_{sex}_60_2020.tif", [[1, 0, 0, 0], [0, 0, 0, 0.5]])
    write(tmp_path / "t.csv", "community_id,people,elderly,households\na,50,7,20\nb,90,9,30")
    demand = read(
        tmp_path, square_areas("a", "b", size_m=200), method="table_on_rasters", rasters="p", table="t.csv",
        file=None, groups=["people", "elderly", "households"],
    )  # fmt: skip
    frame = demand.frame
    assert frame["people"].to_dict() == pytest.approx({"r0c0": 20, "r0c1": 30, "r1c2": 40, "r1c3": 50})
    assert frame["elderly"].to_dict() == pytest.approx({"r0c0": 7, "r0c1": 0, "r1c2": 0, "r1c3": 9})
    assert frame["households"].to_dict() == pytest.approx(
        {"r0c0": 8, "r0c1": 12, "r1c2": 30 * 4 / 9, "r1c3": 30 * 5 / 9}
    )
    assert frame["community_id"].tolist() == ["a", "a", "b", "b"]
    assert demand.note == ""
    assert demand.notes == ()


def test_people_of_the_raster_outside_the_areas_are_told(tmp_path: Path) -> None:
    write_raster(tmp_path / "p" / "pop.tif", [[1, 3, 5, 7]])
    write(tmp_path / "t.csv", "community_id,people\na,50")
    demand = read(
        tmp_path, square_areas("a", size_m=200), method="table_on_rasters", rasters="p/pop.tif", table="t.csv",
        file=None, groups=["people"],
    )  # fmt: skip
    assert demand.frame["people"].sum() == 50
    assert demand.notes == (
        "2 raster cells with 12 by the raster outside all areas, left out: the table has no total for them",
    )


def test_areas_without_people_by_the_raster(tmp_path: Path) -> None:
    # a: nobody by the raster; b: outside the raster; c: people by the raster; d: nobody by the table
    write_raster(tmp_path / "p.tif", [[0, 0], [0, 0]], cell_m=50)
    write_raster(tmp_path / "p.tif", [[0, 0, 0, 0, 0, 0, 4, 1], [0, 0, 0, 0, 0, 0, 0, 0]], cell_m=50)
    areas = square_areas("a", "x", "y", "c")
    areas = Areas(
        areas.frame.assign(
            geometry=[
                *areas.frame.geometry[:2],
                box(X0, Y0 + 900, X0 + 9, Y0 + 909),
                areas.frame.geometry.iloc[3],
            ]
        )
    )
    write(tmp_path / "t.csv", "community_id,people\na,8\nx,0\ny,5\nc,10")
    demand = read(tmp_path, areas, method="table_on_rasters", rasters="p.tif", table="t.csv", file=None)
    assert demand.frame["people"].to_dict() == {
        "r0c6": 8, "r0c7": 2, "r0c0": 2, "r0c1": 2, "r1c0": 2, "r1c1": 2, "y": 5,
    }  # fmt: skip
    assert sums(demand.frame, "community_id", "people") == {"a": 8, "c": 10, "y": 5}
    assert demand.notes == (
        "nobody by the raster, spread evenly over its cells: a",
        "without a raster cell, at one point inside: y",
    )
    assert in_chinese(demand.notes) == [
        "栅格中无人居住，平均分到辖区内各栅格：a",
        "辖区内没有栅格，以其内部的一个代表点计：y",
    ]


def test_a_raster_in_degrees_is_joined_by_the_centres_of_its_cells(tmp_path: Path) -> None:
    write_raster(tmp_path / "p.tif", np.diag([0] * 8 + [1]), x0=114, y0=30.6, cell_m=0.001, crs="EPSG:4326")
    west = gpd.GeoSeries([box(114.001, 30.6, 114.004, 30.6095)], crs="EPSG:4326").to_crs(CRS)
    areas = Areas(gpd.GeoDataFrame({"community_id": ["w"]}, geometry=west))
    write(tmp_path / "t.csv", "community_id,people\nw,27")
    demand = read(tmp_path, areas, method="table_on_rasters", rasters="p.tif", table="t.csv", file=None)
    assert demand.frame["people"].tolist() == pytest.approx([1.0] * 27)
    assert set(demand.ids) == {f"r{row}c{col}" for row in range(9) for col in (1, 2, 3)}
    assert not demand.outside.any()


weight = st.one_of(st.just(0.0), st.floats(1e-300, 1e300), st.floats(0.01, 1e4))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), weight, weight), min_size=1, max_size=40),
    st.lists(st.floats(0, 1e9), min_size=4, max_size=4),
)
def test_spreading_keeps_every_total(cells: list[tuple[str, float, float]], totals: list[float]) -> None:
    area = pd.Series([cell[0] for cell in cells])
    own, people = (np.array([cell[i] for cell in cells]) for i in (1, 2))
    wanted = pd.Series(totals, index=list("abcd"))
    amounts = demand_spread.spread(wanted, area, [own, people])
    assert (amounts >= 0).all()
    for name, got in pd.Series(amounts).groupby(area).sum().items():
        assert got == pytest.approx(round(wanted[name], 6), rel=1e-12, abs=1e-12)
    micro = amounts * 1e6
    assert micro == pytest.approx(np.rint(micro), rel=1e-12, abs=1e-6), "in whole millionths"


def test_spreading_does_not_ask_for_the_order_of_cells() -> None:
    area, weights = pd.Series(list("abab")), np.array([1.0, 2.0, 3.0, 0.0])
    totals = pd.Series({"a": 8.0, "b": 6.0})
    order = [3, 1, 0, 2]
    forward = demand_spread.spread(totals, area, [weights])
    assert forward.tolist() == [2, 6, 6, 0]
    assert demand_spread.spread(totals, area[order], [weights[order]]).tolist() == forward[order].tolist()


def test_the_sample_keeps_the_totals_of_all_its_communities() -> None:
    study = read_study(Path(__file__).parents[1] / "data" / "sample" / "study.toml")
    areas = read_areas(study, CRS)
    demand = read_demand(study, CRS, areas)
    table = pd.read_csv(study.demand.table, dtype={"community_id": str}).set_index("community_id")
    for group, column in (("people", "residents"), ("elderly", "residents_60plus"), ("households", "households")):
        got = demand.frame.groupby("community_id")[group].sum().reindex(table.index).fillna(0)
        np.testing.assert_allclose(got, table[column], rtol=1e-9, atol=0)
    assert not demand.outside.any()


# a table over buildings


@pytest.fixture
def two_homes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Homes of 100 and 300 m2 in the first square, none in the second, and one of 600 m2 outside."""
    shapes = [box(X0 + x, Y0 + 10, X0 + x + 10, Y0 + 20) for x in (10, 40, 5000)]
    homes = gpd.GeoDataFrame({"floor_m2": [100.0, 300.0, 600.0]}, index=["w1", "w2", "w3"], geometry=shapes, crs=CRS)
    monkeypatch.setattr("civicreach.inputs.buildings.read_buildings", lambda path, crs: homes)


def test_totals_follow_floor_area(tmp_path: Path, two_homes: None) -> None:
    write(tmp_path / "t.csv", "community_id,people\na,40\nb,5")
    demand = read(tmp_path, square_areas("a", "b"), method="table_on_buildings", table="t.csv", file=None)
    assert demand.frame["people"].to_dict() == {"w1": 10, "w2": 30, "b": 5}
    assert demand.notes == (
        "1 home on the map outside all areas, left out",
        "without a home on the map, at one point inside: b",
    )
    assert in_chinese(demand.notes) == [
        "图上 1 处住宅位于所有行政区划之外，未计入",
        "图上没有住宅，以其内部的一个代表点计：b",
    ]
    assert demand.source == "t.csv on buildings of roads.osm.pbf"


def test_assumed_totals_say_that_they_are_assumed(tmp_path: Path, two_homes: None) -> None:
    spec = {"method": "table_on_buildings", "file": None, "assumed_totals": {"people": 1000}}
    everywhere = read(tmp_path, **spec)
    assert everywhere.frame["people"].to_dict() == pytest.approx({"w1": 100, "w2": 300, "w3": 600}, rel=1e-12)
    assert everywhere.note == "assumption: 1,000 people spread over 3 homes on the map by floor area"
    assert in_chinese([everywhere.note]) == ["假定总数（居民 1,000）按建筑面积分到图上的 3 处住宅"]
    weighted = read(tmp_path, **spec, weight_note="an assumption").note
    assert in_chinese([weighted]) == ["an assumption；假定总数（an assumption 1,000）按建筑面积分到图上的 3 处住宅"]
    inside = read(tmp_path, square_areas("a", "b"), **spec)
    assert inside.frame["people"].to_dict() == pytest.approx({"w1": 250, "w2": 750}, rel=1e-12)
    assert "homes in the areas" in inside.note
    faults = told(tmp_path, **{**spec, "groups": ["people", "elderly"], "assumed_totals": {"people": -1, "old": 1}})
    assert len(faults) == 3


@pytest.mark.real
@needs_real_data
def test_wuhan_compounds_are_weights_and_not_people() -> None:
    demand_spec = {
        "file": "residential_compounds_779_hgwr.csv", "x": "lon", "y": "lat", "crs": "EPSG:4326",
        "columns": {"id": "compound_id", "people": "listings"}, "weight_note": "flats on offer, not people",
    }  # fmt: skip
    areas_spec = {"file": "districts13_wgs84_hgwr_utf8fixed.geojson", "columns": {"district_id": "name"}}
    study = a_study(REAL / "wuhan", demand=demand_spec, areas=areas_spec)
    areas = read_areas(study, CRS)
    demand = read_demand(study, CRS, areas)
    table = pd.read_csv(REAL / "wuhan" / "residential_compounds_779_hgwr.csv", dtype={"compound_id": str})
    assert demand.note == "flats on offer, not people"
    assert demand.frame["people"].sum() == table["listings"].sum()
    # two places carry several compounds: each keeps its row and its weight
    assert demand.frame.geometry.duplicated(keep=False).sum() == 5
    agree = demand.frame["district"] == table.set_index("compound_id")["district"]
    assert agree.mean() > 0.99


@pytest.mark.real
@needs_real_data
def test_las_palmas_spreads_an_assumption_over_its_homes() -> None:
    demand_spec = {
        "method": "table_on_buildings", "file": "las-palmas-2023-02-21.osm.pbf",
        "groups": ["people", "elderly"],
        "assumed_totals": {"people": 378_000, "elderly": 80_000},
    }  # fmt: skip
    study = a_study(
        REAL / "las_palmas",
        demand=demand_spec,
        areas={"file": "municipality.geojson", "columns": {"city_id": "NATCODE"}},
    )
    crs = "EPSG:32628"
    demand = read_demand(study, crs, read_areas(study, crs))
    assert demand.frame["people"].sum() == pytest.approx(378_000, rel=1e-9)
    assert demand.frame["elderly"].sum() == pytest.approx(80_000, rel=1e-9)
    assert not demand.outside.any()
    assert demand.note.startswith("assumption: 378,000 people, 80,000 elderly spread over")
    assert len(demand.frame) > 10_000


ABOVE = {"method": "table", "table": "t.csv", "file": None, "columns": {"id": "code"}}


@pytest.mark.parametrize("word", ["合计", "总计", "小 计", "Total", "SUM", "江城区合计", "Grand total"])
def test_rows_called_totals_are_checked_and_not_counted(tmp_path: Path, word: str) -> None:
    """Subtotals of the rows above, and one of all; in the column of the ids, or beside an empty id."""
    counted = {"a": 3, "b": 5, "c": 2}
    for text in (
        f"code,name,people\na,,3\nb,,5\n{word},,8\nc,,2\n{word},,2\n总计,,10",
        f"code,name,people\n,{word},10\na,,3\nb,,5\nc,,2",
        f"code,name,people\na,,3\nb,,5\ns1,{word},8\nc,,2\n,{word},10",
        f"code,name,people\na,,3\nb,,5\nc,,2\n,{word},",
    ):
        write(tmp_path / "t.csv", text)
        assert read(tmp_path, in_two_subdistricts(), **ABOVE).frame["people"].to_dict() == counted, text


def test_rows_called_totals_that_are_none_are_told(tmp_path: Path) -> None:
    write(tmp_path / "t.csv", "code,people\na,3\nb,5\nc,2\n合计,11\nTotal,many")
    assert told(tmp_path, in_two_subdistricts(), **ABOVE) == [
        "t.csv: people isn't a number (1: row 6 has 'many'). Write a plain number.",
        (
            "t.csv: row 5 is called a total, but isn't the sum of its parts (1: people: has 11, its parts 10). "
            "Mend the total or its parts, or take the row out."
        ),
    ]


def test_totals_are_told_with_the_digits_that_tell_them_apart(tmp_path: Path) -> None:
    write(tmp_path / "t.csv", "code,people\na,1000.2\nb,533.7\ns1,1534.2\nc,0.1\ns2,0.1000001")
    (fault,) = told(tmp_path, in_two_subdistricts(), **ABOVE)
    assert "row 4 has 1,534.2, its parts 1,533.9" in fault
    assert "(1: " in fault  # a ten-millionth apart is the same


def test_whole_totals_of_whole_parts_are_exact(tmp_path: Path) -> None:
    write(tmp_path / "t.csv", "code,people\na,2000000\nb,5\ns1,2000006\nc,2\ns2,2")
    (fault,) = told(tmp_path, in_two_subdistricts(), **ABOVE)
    assert "row 4 has 2,000,006, its parts 2,000,005" in fault
