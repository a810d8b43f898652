"""Two made-up analyses for tests of the page, on the town of `page_case`: elder gaps and shelters.

Of elder gaps: beds per 1000 elderly against a target of 40, minutes to the nearest home against 20 (low is good), a
list of gap zones with coded causes that are polygons of a layer, a list of pairs that are lines, and homes as points.
Of shelters: room by community, a list of 260 rows without shapes, one by unit, and catchments that cover everything.
"""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry import LineString, Point, box

from civicreach.errors import Note
from civicreach.layers import Areas
from civicreach.measures.analysis import Analysis, Field, Listing, MapLayer, Topic
from civicreach.measures.figure import Figure
from civicreach.measures.result import StudyResult
from civicreach.measures.rollup import roll_up

Name = Callable[[str], str]

REASONS = {
    "detour": ("river or railway in the way", "河流或铁路阻隔"),
    "gate": ("no open gate", "无开放出入口"),
    "far": ("simply far", "距离过远"),
}
BEDS_TARGET, MINUTES_TARGET = 40.0, 20.0
ZONES = [(3400, 2700, 900, 600, "detour", 1210.0), (300, 2600, 700, 500, "gate", 640.0),
         (5000, 200, 600, 700, "far", 388.0), (1700, 900, 400, 400, "far", 95.0)]  # fmt: skip
HOMES = [(800, 700, 60.0), (2600, 3200, 40.0), (4700, 1300, 120.0), (5300, 3000, 25.0), (3700, 600, 8.0)]
LONG = 260


def analyses_of(result: StudyResult, names: Name, origin: tuple[float, float]) -> tuple[Analysis, Analysis]:
    """Elder gaps and shelters of a town whose south-west corner is `origin`."""
    town = Town(result, names, origin)
    return town.elder_gaps(), town.shelters()


class Town:
    """What both analyses are made from."""

    def __init__(self, result: StudyResult, names: Name, origin: tuple[float, float]) -> None:
        self.result, self.names, self.origin = result, names, np.array(origin)
        self.random = np.random.default_rng(11)
        self.areas: Areas | None = result.areas

    def pair(self, english: str, chinese: str) -> tuple[str, str]:
        return self.names(english), self.names(chinese)

    def layer(self, rows: dict[str, list[object]], shapes: list[shapely.Geometry], ids: list[str]) -> gpd.GeoDataFrame:
        moved = [shapely.transform(shape, lambda xy: xy + self.origin) for shape in shapes]
        return gpd.GeoDataFrame(rows, geometry=moved, index=pd.Index(ids, dtype=object), crs=self.result.crs)

    def sums(self) -> pd.DataFrame:
        """Elderly, beds, minutes weighted by the elderly, by community; one community has nobody."""
        elderly = self.result.demand.frame["elderly"]
        if self.areas is None:
            return pd.DataFrame({"elderly": [elderly.sum()], "beds": [253.0], "min_sum": [17.0 * elderly.sum()]})
        sums = elderly.groupby(self.result.demand.frame["community_id"]).sum().reindex(self.areas.frame.index)
        beds = np.array([60, 0, 45, 0, 8, 30, 0, 22, 40, 12, 0, 0, 25, 0, 0, 90])[: len(sums)]
        minutes = np.linspace(6, 38, len(sums))
        frame = pd.DataFrame({"elderly": sums, "beds": beds, "min_sum": sums * minutes})
        frame.iloc[5] = 0.0
        return frame

    def elder_gaps(self) -> Analysis:
        return Analysis(
            "elder_gaps", self.pair("Elder-facility gaps", "养老设施缺口"), self.elder_figures(),
            topics=(self.beds(), self.walk()), listings=(self.zones(), self.pairs()), layers=self.elder_layers(),
            warnings=(Note(self.names("2 homes tell no beds."), self.names("2家机构未填床位数。")),),
            standards=("circle.15min.walk",),
        )  # fmt: skip

    def beds(self) -> Topic:
        fields = (
            Field("elderly", self.pair("Elderly", "老年人"), total=True),
            Field("beds", self.pair("Beds", "床位（张）"), "count", total=True),
            Field("beds_per_1000", self.pair("Beds per 1000 elderly", "每千名老年人床位数（张）"), "number",
                  ratio=("beds", "elderly", 1000.0)),
            Field("missing", self.pair("Beds missing to 40 per 1000", "距每千人40张的缺口（张）"), "amount", total=True,
                  derive=lambda t: (0.04 * t["elderly"] - t["beds"]).clip(lower=0)),
        )  # fmt: skip
        tables = roll_up(self.sums(), self.areas, fields)
        return Topic(
            "beds", self.pair("Beds", "床位"), tables, fields,
            rule=self.pair("Beds of all homes that exist, by where they stand.", "按机构所在地统计全部现有床位。"),
            coloured=("beds_per_1000", "missing"), target=BEDS_TARGET,
        )  # fmt: skip

    def walk(self) -> Topic:
        fields = (
            Field("elderly", self.pair("Elderly", "老年人"), total=True),
            Field("minutes", self.pair("Mean minutes to the nearest home", "到最近机构平均时间（分）"), "minutes",
                  ratio=("min_sum", "elderly", 1.0)),
            Field("near_share", self.pair("Within 20 min", "20分钟内占比"), "share",
                  derive=lambda t: (1.2 - t["min_sum"] / t["elderly"] / 40).clip(0, 1)),
        )  # fmt: skip
        tables = roll_up(self.sums(), self.areas, fields)
        return Topic(
            "walk", self.pair("Walk to the nearest home", "步行到最近机构"), tables, fields,
            coloured=("minutes", "near_share"), target=MINUTES_TARGET, low_is_good=True,
        )  # fmt: skip

    def zones(self) -> Listing:
        frame = pd.DataFrame(
            {
                "name": [self.names(f"缺口区{k + 1}") for k in range(len(ZONES))],
                "cause": [zone[4] for zone in ZONES],
                "elderly": [zone[5] for zone in ZONES],
                "over_min": [18.4, 11.0, float("inf"), 2.5],
            },
            index=[f"z{k}" for k in range(len(ZONES))],
        )
        return Listing(
            "elder.gap_zones", self.pair("Gap zones", "缺口区"), frame, self.zone_fields(),
            rule=self.pair("Most uncovered elderly first.", "按未覆盖老年人从多到少排列。"),
        )  # fmt: skip

    def zone_fields(self) -> tuple[Field, ...]:
        reasons = {code: self.pair(*words) for code, words in REASONS.items()}
        return (
            Field("name", self.pair("Zone", "缺口区"), "text"),
            Field("elderly", self.pair("Elderly", "老年人"), total=True),
            Field("cause", self.pair("Cause", "成因"), "text", words=reasons),
            Field("over_min", self.pair("Over the standard (min)", "超出标准（分）"), "minutes"),
        )

    def pairs(self) -> Listing:
        rows = self.pair_rows()
        return Listing(
            "elder.pairs", self.pair("Pairs with primary care", "医养结对"),
            pd.DataFrame(rows, index=[f"p{k}" for k in range(len(HOMES))]),
            self.pair_fields(),
        )  # fmt: skip

    def pair_rows(self) -> dict[str, list[object]]:
        return {
            "home": [self.names(f"第{k + 1}养老院") for k in range(len(HOMES))],
            "clinic": [self.names("清河卫生服务中心"), self.names("北岸卫生院"), None, self.names("北岸卫生院"), None],
            "minutes": [6.25, 11.0, np.nan, 3.5, np.nan],
            "first": [True, False, False, True, False],
        }

    def pair_fields(self) -> tuple[Field, ...]:
        return (
            Field("home", self.pair("Home", "养老机构"), "text"),
            Field("clinic", self.pair("Primary care", "基层医疗机构"), "text"),
            Field("minutes", self.pair("Minutes", "分钟"), "minutes"),
            Field("first", self.pair("Both choose each other", "互为最近"), "flag"),
        )

    def elder_layers(self) -> tuple[MapLayer, ...]:
        zones = self.zones().frame
        boxes = [box(x, y, x + w, y + h) for x, y, w, h, *_ in ZONES]
        lines = [LineString([home[:2], (home[0] + 500, home[1] + 300)]) for home in HOMES]
        beds = (
            Field("name", self.pair("Home", "养老机构"), "text"),
            Field("beds", self.pair("Beds", "床位（张）"), "count"),
        )
        return (
            MapLayer(
                "elder.gap_zones", self.pair("Gap zones", "缺口区"),
                self.layer(zones.to_dict("list"), boxes, list(zones.index)),
                self.zone_fields(), "polygons", "cause",
            ),
            MapLayer(
                "elder.pairs", self.pair("Pairs with primary care", "医养结对"),
                self.layer(self.pair_rows(), lines, [f"p{k}" for k in range(len(HOMES))]), self.pair_fields(), "lines",
            ),
            MapLayer(
                "elder.homes", self.pair("Homes with beds", "养老机构床位"),
                self.layer(
                    {"name": self.pair_rows()["home"], "beds": [home[2] for home in HOMES]},
                    [Point(home[:2]) for home in HOMES], [f"h{k}" for k in range(len(HOMES))],
                ),
                beds, "points", "beds",
            ),
        )  # fmt: skip

    def elder_figures(self) -> tuple[Figure, ...]:
        sums = self.sums().sum()
        source = (self.names("GB 50180-2018 2.0.2: made up [unverified]"),)

        def share(name: str, part: float, english: str, chinese: str) -> Figure:
            return Figure.ratio(
                f"elder.{name}", part, sums["elderly"], unit="share", denominator_name="residents aged 60 and over",
                denominator_name_zh="60岁及以上老年人", label=self.names(english), label_zh=self.names(chinese),
                definition=self.names(f"{english}: share of all elderly, made up."), sources=source,
                definition_zh=self.names(f"{chinese}：占全部老年人的比例，假定。"),
            )  # fmt: skip

        return (
            share("people_share", 0.62 * sums["elderly"], "Elderly within 15 min of a station", "15分钟可达的老年人"),
            Figure.ratio(
                "elder.beds_per_1000", sums["beds"], sums["elderly"] / 1000, unit="beds", unit_zh="张",
                denominator_name="thousand elderly", denominator_name_zh="千名老年人", decimals=2, sources=source,
                label=self.names("Beds per 1000 elderly"), label_zh=self.names("每千名老年人床位数"),
                definition=self.names("All beds over all elderly."), definition_zh=self.names("床位除以老年人数。"),
            ),
            share("nursing_share", 0.41 * sums["elderly"], "Nursing beds", "护理型床位占比"),
            share("presence_share", 0.44 * sums["elderly"], "Communities with a station", "有站点的社区"),
            Figure("elder.missing", 231.0, "beds", self.names("Beds missing."), self.names("床位缺口。"), unit_zh="张",
                   label=self.names("Beds missing to 40 per 1000"), label_zh=self.names("距每千人40张的缺口")),
            *(
                Figure(f"elder.more_{k}", 10.0 * k, "homes", self.names(f"Number {k}."), self.names(f"第{k}项。"),
                       unit_zh="家", label=self.names(f"Another number ({k})"), label_zh=self.names(f"另一项（{k}）"))
                for k in range(8)
            ),
        )  # fmt: skip

    def shelters(self) -> Analysis:
        figures = (
            Figure.ratio("shelter.people_share", 8_800, 12_000, unit="share", denominator_name="residents",
                         denominator_name_zh="居民", label=self.names("Residents with a shelter in reach"),
                         label_zh=self.names("可达避难场所的居民"), definition=self.names("Made up."),
                         definition_zh=self.names("假定。")),
            Figure("shelter.full", None, "people", self.names("Nobody knows."), self.names("未知。"), unit_zh="人",
                   label=self.names("Without room"), label_zh=self.names("无处安置")),
        )  # fmt: skip
        return Analysis(
            "shelter_reach", self.pair("Shelter reach", "避难场所可达"), figures, topics=(self.room(),),
            listings=(self.loads(), self.grow()), layers=(self.catchments(),),
        )  # fmt: skip

    def room(self) -> Topic:
        fields = (
            Field("people", self.pair("Residents", "居民"), total=True),
            Field("unserved", self.pair("Without room", "未安置"), total=True),
            Field("unserved_share", self.pair("Share without room", "未安置占比"), "share",
                  ratio=("unserved", "people", 1.0)),
            Field("full", self.pair("Shelters full", "满员场所（处）"), "count", total=True),
        )  # fmt: skip
        lowest = self.sums()
        lowest = pd.DataFrame({
            "people": lowest["elderly"] * 5, "unserved": lowest["elderly"] * np.linspace(0, 4, len(lowest)),
            "full": np.arange(len(lowest)) % 4,
        })  # fmt: skip
        return Topic(
            "room", self.pair("Room in shelters", "避难容量"), roll_up(lowest, self.areas, fields), fields,
            coloured=("unserved_share", "unserved", "full"), low_is_good=True,
        )  # fmt: skip

    def loads(self) -> Listing:
        frame = pd.DataFrame({
            "name": [self.names(f"避难场所{k + 1}") for k in range(LONG)],
            "load": [1.75 - k / LONG for k in range(LONG)], "people": [float(5 * (LONG - k)) for k in range(LONG)],
        })  # fmt: skip
        fields = (
            Field("name", self.pair("Shelter", "避难场所"), "text"),
            Field("load", self.pair("Load", "负荷率"), "share"),
            Field("people", self.pair("People", "人数"), total=True),
        )
        return Listing("shelter.loads", self.pair("Load of shelters", "场所负荷"), frame, fields)

    def grow(self) -> Listing:
        codes = ["c01", "c12", "c30"] if self.areas is not None else ["a", "b", "c"]
        frame = pd.DataFrame({"name": [self.names(code) for code in codes], "m2": [1250.5, 800.0, 12.25]}, index=codes)
        fields = (
            Field("name", self.pair("Community", "社区"), "text"),
            Field("m2", self.pair("Area to add (m²)", "需扩建面积（平方米）"), "number", total=True),
        )
        return Listing("shelter.grow", self.pair("Shelters that have to grow", "需扩建场所"), frame, fields)

    def catchments(self) -> MapLayer:
        shapes = [box(0, 0, 3000, 4000), box(3000, 0, 6000, 4000)]
        frame = self.layer({"name": [self.names("西片"), self.names("东片")]}, list(shapes), ["w", "e"])
        fields = (Field("name", self.pair("Shelter", "避难场所"), "text"),)
        return MapLayer("shelter.catchments", self.pair("Catchments", "服务范围"), frame, fields, "polygons", "name")
