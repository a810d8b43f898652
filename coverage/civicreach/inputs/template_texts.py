"""What `civicreach init` writes, in Chinese and in English."""

from __future__ import annotations

from civicreach.inputs.template_analyses import ANALYSES_TOML
from civicreach.study import Language

_ZH = """\
# civicreach 研究设置。按说明修改后运行：civicreach check study.toml，再运行 civicreach run study.toml
# 文件路径均相对于本文件所在文件夹，分隔符用 /。以 # 开头的行是说明或暂不启用的设置。

[study]
name = "某市"                   # 研究地区名称
name_en = ""                    # 英文名称（可空）
year = 2026                     # 数据年份
language = "zh"                 # 成果语言：zh 中文 | en 英文
crs = "auto"                    # 计算用米制坐标系：auto 自动选择（国内为 CGCS2000 3 度带），或如 "EPSG:4547"
author = ""                     # 编制单位
# date = "2026年6月"             # 编制日期（可空，空则打印时印当天日期）
# data_date = "路网2026年3月，人口2020年普查"   # 数据时点（可空，空则印数据年份）
review_number = ""              # 审图号
data_note = ""                  # 数据说明，印在地图、表格和网页上
data_note_en = ""               # 数据说明（英文）
synthetic = false               # 数据是否为合成示例
# 分析内容：service_circle 服务圈 | elder_gaps 养老设施缺口 | shelter_reach 避难场所 | relief 救灾物资
#           | facility_area 每百户设施面积 | programmes 示范创建（后五项须有文末相应的段）
analyses = ["service_circle"]
minutes = [5, 10, 15]           # 等时圈分级（分钟），由小到大
# suppress_below = 10           # 小于此数的人数只显示“<10”，并隐去可反推的数

# [page]                        # 地图网页（可整段不写）
# internal = true               # 印内部用图页脚
# footer = "内部用图，不得公开"   # 页脚文字（英文：footer_en）
# tiles = "tianditu"            # 在线底图：osm | tianditu | amap；不写则网页不联网
# tianditu_key = ""             # 天地图密钥

# [report]                      # 存档报告与图件（可整段不写）
# figures = false               # 不出图件 figures/*.png，运行更快

[roads]
file = "roads.osm.pbf"          # 道路：.osm.pbf .osm .graphml .gpkg .parquet .geojson
# layer = ""                    # 文件含多个图层时写图层名
# crs = "EPSG:4326"             # 仅当文件本身没有坐标系时填写
private_access = "residents"    # 小区内部道路：residents 可出入、不可穿行 | closed | open（并列给出）
max_snap_m = 200                # 离最近道路超过此距离（米）的点只列出，不移动
# dem = "dem.tif"               # 高程（可选）：按坡度调整步行速度

[areas]                         # 行政区划面：最低一级的面图层，各列给出上级（可整段删去）
file = "areas.gpkg"
# layer = "communities"         # 文件含多个图层时写图层名
# crs = "EPSG:4490"             # 仅当文件本身没有坐标系时填写

[areas.columns]                 # 左边是固定名称，右边改成图层里的列名；没有的级别删去该行
community_id = "社区代码"
community = "社区名称"
subdistrict_id = "街道代码"
subdistrict = "街道名称"
district_id = "区代码"
district = "区名称"
city = "市名称"
urban = "城乡"                  # 取值：城/乡、城镇/农村、1/0

[demand]                        # 人口
# 方法：table_on_rasters 社区统计数按人口栅格分布 | rasters 只用栅格 | table_on_buildings 按建筑面积分布
#       | points 点文件 | table 每个社区一个代表点
method = "table_on_rasters"
groups = ["people", "elderly"]  # 人群：people 常住人口，elderly 60 岁及以上，households 户数，或自定名称
rasters = "population/*.tif"    # WorldPop 分年龄性别栅格，如 chn_f_60_2020.tif；或单个总人口栅格
table = "template.xlsx"         # 社区统计表：.csv 或 .xlsx
layer = "社区"                  # 工作表（或图层）名
# file = "homes.csv"            # points 用：点表或图层；table_on_buildings 用：.osm.pbf（默认用道路文件）
# x = "经度"                    # points 用：坐标列
# y = "纬度"
# crs = "EPSG:4326"             # 点坐标的坐标系；或栅格本身没有坐标系时填写
# weight_note = "建筑面积（平方米）"   # 数值不是人数时写明是什么：各处以此称呼，不再称居民
# labels = { elderly = "65岁及以上老年人" }           # 人群的中文称呼，不用默认称呼时填写；左边须是 groups 里的名称
# labels_en = { elderly = "residents aged 65 and over" }   # 人群的英文称呼
# assumed_totals = { people = 80000, elderly = 18000 }   # table_on_buildings 没有统计表时的假定总数

[demand.columns]                # 左边是固定名称，右边改成统计表的列名
id = "社区代码"                 # 与行政区划的社区代码对应（points：点的编号）
people = "常住人口"
elderly = "60岁及以上人口"
households = "户数"

[[services]]                    # 一类服务写一段；再加一类就复制整段
id = "elder_centre"             # 英文小写编号，指标名里会用到
name = "养老服务中心"
name_en = "Elder centre"
file = "template.xlsx"          # 设施表（.csv .xlsx）或图层；用 osm 时删去
layer = "设施"                  # 工作表（或图层）名
# osm = ["amenity=social_facility + social_facility:for=senior"]   # 改从道路文件的 OSM 标签读取
# 同一个文件放多类设施时，用 where 选行：左边是列名，右边是该列的值（须完全一致）；写多列时须同时满足
where = { "服务" = "养老服务中心" }   # 只取“服务”列为“养老服务中心”的行；全部都要就删去
# 状态列（列名：状态、建设状态或 status，可没有）：现状|已建 existing、规划|在建 planned、备选 candidate、
# 关闭|停用 closed；空着算现状。只有现状设施计入覆盖，其余只在成果中列出
x = "经度"
y = "纬度"
crs = "EPSG:4326"               # 坐标系：WGS-84 为 EPSG:4326，CGCS2000 为 EPSG:4490
id_column = "编号"
name_column = "名称"
capacity = "床位数"             # 容量列（可删去）
capacity_unit = "床"
profile = "elder"               # 谁去：adult 成人 elder 老年 frail 体弱 wheelchair 轮椅 drive 驾车
minutes = 15                    # 限值（分钟，含）；按距离时改为 metres
# metres = 300                  # 限值（米，含）
standard = "circle.15min.walk"  # 标准库中的编号，给出条文和来源；不写 minutes 和 metres 时，限值即标准的数值
group = "elderly"               # 覆盖率按哪个人群计算
# circle = false                # 不单独计算服务圈，只供其他分析使用（如救灾物资储备库）

# [profiles.elder]              # 修改或新增出行者，只写要改的项
# speed_mps = 0.9               # 步行速度（米/秒）
# source = "本市实测"

# [standards."circle.15min.walk"]   # 修改或新增标准
# value = 15
# source = "本市规定"
"""

_EN = """\
# A civicreach study. Change it, then run "civicreach check study.toml" and "civicreach run study.toml".
# Paths are relative to the folder of this file and written with /. Lines with # explain, or are switched off.

[study]
name = "My town"                # name of the place
name_en = "My town"             # its English name
year = 2026                     # year of the data
language = "en"                 # language of what comes out: zh | en
crs = "auto"                    # metric coordinate system: chosen automatically, or for example "EPSG:4547"
author = ""
# date = "June 2026"            # printed in the title block; without it sheets carry the day of printing
# data_date = "streets March 2026, census 2020"   # how old the data are, where the year doesn't say enough
review_number = ""              # map review number, where maps need one
data_note = ""                  # printed on map, tables and page
data_note_en = ""               # the same in English
synthetic = false               # true for invented data
# analyses: service_circle | elder_gaps | shelter_reach | relief | facility_area | programmes; all but the first
#           need their sections at the end of this file
analyses = ["service_circle"]
minutes = [5, 10, 15]           # bands of the isochrones, rising
# suppress_below = 10           # fewer people than this are shown as "<10", and what they could be computed from hides

# [page]                        # the map; the whole section may be left out
# internal = true               # print the footer of internal maps
# footer_en = "For internal use only"     # its words (Chinese: footer)
# tiles = "osm"                 # online map below: osm | tianditu | amap; without it the page asks no host
# tianditu_key = ""

# [report]                      # the document to be filed and its print maps; the whole section may be left out
# figures = false               # draw no figures/*.png, which makes runs faster

[roads]
file = "roads.osm.pbf"          # .osm.pbf .osm .graphml .gpkg .parquet .geojson
# layer = ""                    # where the file has several layers
# crs = "EPSG:4326"             # only where the file names none
private_access = "residents"    # gated ways: residents (in and out, never through) | closed | open
max_snap_m = 200                # places farther from a street are listed, never moved
# dem = "dem.tif"               # heights (optional): slopes change walking speed

[areas]                         # polygons of the lowest level; the whole section may be left out
file = "areas.gpkg"
# layer = "communities"         # where the file has several layers
# crs = "EPSG:4326"             # only where the file names none

[areas.columns]                 # left: fixed names; right: columns of your layer; drop levels that you lack
community_id = "community_id"
community = "community"
subdistrict_id = "subdistrict_id"
subdistrict = "subdistrict"
district_id = "district_id"
district = "district"
city = "city"
urban = "urban"                 # urban/rural, 1/0, yes/no

[demand]                        # where the people are
# method: table_on_rasters (community totals spread over population rasters) | rasters | table_on_buildings
#         (spread over floor area) | points | table (each community at one point)
method = "table_on_rasters"
groups = ["people", "elderly"]  # people, elderly (60 and over), households, or a name of your own
rasters = "population/*.tif"    # WorldPop by age and sex, like chn_f_60_2020.tif, or one raster of all people
table = "template.xlsx"         # community totals: .csv or .xlsx
layer = "communities"           # its sheet (or layer)
# file = "homes.csv"            # points: a table or layer; table_on_buildings: .osm.pbf (else the roads)
# x = "lon"                     # points: the columns with the coordinates
# y = "lat"
# crs = "EPSG:4326"             # of the points, or of rasters that name none
# weight_note = "floor area, m2"   # what the numbers count where they aren't people: they are called so everywhere
# labels_en = { elderly = "residents aged 65 and over" }   # what groups are called, where not as usual
# labels = { elderly = "65岁及以上老年人" }   # the same in Chinese; the names on the left are those of groups
# assumed_totals = { people = 80000, elderly = 18000 }   # table_on_buildings without a table

[demand.columns]                # left: fixed names; right: columns of your table
id = "community_id"             # joins the areas (points: the id of a point)
people = "residents"
elderly = "residents_60plus"
households = "households"

[[services]]                    # one section for each service; copy it for the next
id = "elder_centre"             # small letters, digits and _; part of the names of figures
name = "Elder centre"
name_en = "Elder centre"
file = "template.xlsx"          # a table (.csv .xlsx) or a layer; left out with osm
layer = "facilities"            # its sheet (or layer)
# osm = ["amenity=social_facility + social_facility:for=senior"]   # from the tags in the roads file instead
# Where one file holds several services, where picks rows: a column and its value, exactly; of several all must hold.
where = { service = "elder centre" }   # only rows with "elder centre" in the column "service"; leave out to take all
# A column status (or 状态) may say existing (or open), planned, candidate or closed; an empty cell is existing.
# Only existing facilities count; the others are listed.
x = "lon"
y = "lat"
crs = "EPSG:4326"
id_column = "id"
name_column = "name"
capacity = "beds"               # a column; may be left out
capacity_unit = "bed"
profile = "elder"               # adult elder frail wheelchair drive, or one of your own
minutes = 15                    # the limit, inclusive; or metres
# metres = 300
standard = "circle.15min.walk"  # of the library: clause and source; without minutes or metres its value is the limit
group = "elderly"               # the group whose share is the headline
# circle = false                # no circle of its own: only other analyses use it (depots, for example)

# [profiles.elder]              # change a traveller or add one; only what differs
# speed_mps = 0.9
# source = "measured here"

# [standards."circle.15min.walk"]   # change a standard or add one
# value = 15
# source = "our own rule"
"""

STUDY_TOML: dict[Language, str] = {"zh": _ZH + ANALYSES_TOML["zh"], "en": _EN + ANALYSES_TOML["en"]}

_EXAMPLE_ZH, _EXAMPLE_EN = "示例（请删除本行）", "EXAMPLE (delete this row)"
SHEETS: dict[Language, dict[str, list[list[str | float | int]]]] = {
    "zh": {
        "设施": [
            ["服务", "编号", "名称", "经度", "纬度", "床位数", "建筑面积", "状态", "备注"],
            [
                _EXAMPLE_ZH,
                "Y001",
                "某某养老服务中心",
                114.3,
                30.6,
                60,
                1200,
                "现状",
                "状态：现状 规划 候选 关闭",
            ],
        ],
        "社区": [
            ["社区代码", "社区名称", "街道名称", "户数", "常住人口", "60岁及以上人口", "备注"],
            ["420100000001", "某某社区", "某某街道", 1000, 2800, 560, _EXAMPLE_ZH],
        ],
    },
    "en": {
        "facilities": [
            ["service", "id", "name", "lon", "lat", "beds", "floor_area_m2", "status", "note"],
            [
                _EXAMPLE_EN,
                "E001",
                "Elder centre",
                114.3,
                30.6,
                60,
                1200,
                "existing",
                "existing planned closed",
            ],
        ],
        "communities": [
            [
                "community_id",
                "community",
                "subdistrict",
                "households",
                "residents",
                "residents_60plus",
                "note",
            ],
            ["420100000001", "A community", "A subdistrict", 1000, 2800, 560, _EXAMPLE_EN],
        ],
    },
}
