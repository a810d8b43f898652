"""The part of a new study.toml that asks for more than service circles; all of it switched off at first."""

from __future__ import annotations

from civicreach.study import Language

_ZH = """\

# ---- 以下各段为其他分析。需要哪一项：去掉该段每行行首的“# ”，并把名称加进 [study] 的 analyses ----

# [circle]                      # 服务圈完整度（analyses 含 service_circle 时计算）
# required = ["elder_centre"]   # 必备服务的编号；不写则为所有服务
# group = "people"              # 按哪个人群计算
# [[circle.rings]]              # 5/10/15 分钟等生活圈：各有自己的服务清单，可写多段；上一级设施不能代替下一级
# id = "five"                   # 英文小写编号
# name = "五分钟生活圈"
# name_en = "5-minute circle"
# services = ["elder_centre"]
# minutes = 5                   # 限值（分钟，含）；不写则用各服务自己的标准
# metres = 300                  # 或按距离（米，含）
# profile = "adult"             # 谁走
# standard = "circle.5min.distance"   # 标准库中的编号

# [elder]                       # 养老设施缺口（elder_gaps）
# group = "elderly"             # 老年人群
# stations = ["elder_centre"]   # 算作社区养老服务设施（站）的服务
# village_centres = []          # 算作农村互助照料中心的服务；不写则同上
# village_years = 5             # 尚缺的村分几年建成
# demonstration_column = "示范" # 设施表中标明示范中心的列：是/否、1/0
# homes = ["elder_centre"]      # 有床位的服务（其容量列即床位数）
# nursing_beds_column = "护理床位数"
# station_share = "elder.urban_station_share"           # 城市社区设施覆盖率目标在标准库中的编号
# demonstration_count = "elder.demonstration_per_subdistrict"   # 每个街道的示范中心数
# beds_per_1000 = "elder.beds_per_1000.plan"            # 每千名老人床位数：规划目标在标准库中的编号
# beds_per_1000_code = "elder.beds_per_1000.gb50437"    # 国家标准在标准库中的编号
# nursing_share = "elder.nursing_bed_share"             # 护理型床位占比
# village_share = "elder.village_centre_share"          # 有互助照料中心的村占比
# access_minutes = 30           # 床位可达性（两步移动搜索法）的时间阈值
# access_methods = ["e2sfca", "2sfca"]   # 还可加 "3sfca"、"bfca"；公平程度依次取 e2sfca、2sfca、3sfca
# primary_care = "clinic"       # 医养结合：与哪一类基层医疗服务配对
# paired = []                   # 参与配对的服务；不写则为有床位的服务，没有时为社区设施
# pair_minutes = 15             # 配对的步行时间上限
# pair_capacity = 2             # 每处基层医疗机构最多签约几家
# partner_minutes = 60          # 对口支援：城市与农村养老机构一对一结对的车程上限；不写则不评估
# regional_minutes = 30         # 区域性养老服务中心：农村福利院服务周边散居老人的车程；不写则不评估
# partner_profile = "drive"     # 以上两项按谁的路网
# partners = []                 # 城市养老机构的服务；不写则按 partner_column，再不然按所在单元的城乡标志区分
# partnered = []                # 农村福利院的服务
# partner_column = "城市机构"   # 或：设施表中的列，是为支援方，否为受援方，空白不参与
# zone_link_m = 250             # 相距不超过此距离（米）的未覆盖居住点归为一个缺口片区

# [shelters]                    # 应急避难场所（shelter_reach）
# service = "shelter"           # 避难场所的服务编号；其容量列为有效避难面积（平方米）
# class_column = "类别"         # 类别列：紧急、短期、中期、长期（或 emergency short medium long）
# populations = ["people"]      # 依次安置的人群，如夜间人口、日间人口
# critical_links = 10           # 列出多少条一旦中断影响最大的路段

# [[scenarios]]                 # 中断情景（用于避难与救灾），可写多段
# id = "flood"
# name = "洪水"
# name_en = "Flood"
# closed = "closed.gpkg"        # 封闭范围面
# closed_layer = ""             # 文件含多个图层时写图层名
# closed_crs = "EPSG:4326"      # 仅当文件没有坐标系时
# flood = "flood_depth.tif"     # 淹没水深栅格（米）
# depth_m = 0.3                 # 水深达到此值（米，含）即不能通行
# bridges = ["一号桥"]          # 中断的桥名

# [relief]                      # 救灾物资 12 小时送达（relief）
# city_depots = "city_depot"    # 市级储备库的服务编号（该服务写 circle = false，profile = "drive"）
# district_depots = "district_depot"   # 区级储备点的服务编号；没有就删去
# group = "people"
# profile = "drive"
# hours = "relief.hours"        # 时限在标准库中的编号
# mobilise_min = 60             # 动员（分钟）
# load_min = 60                 # 装车
# unload_min = 30               # 卸车
# last_mile_min = 60            # 末端分发
# assumptions = "以上时间为假定"   # 时间的依据，随指标印出
# assumptions_en = "these minutes are assumed"

# [area]                        # 每百户社区服务设施面积（facility_area）
# services = ["community_station"]   # 计入面积的服务
# column = "建筑面积"           # 设施表中的面积列（平方米）
# group = "households"
# target = "community.area_per_100_households"
# elder_services = ["elder_centre"]  # 计入养老服务用房的服务
# elder_target = "elder.area_per_100_households.hubei"
# serves_column = "服务社区"    # 多个社区共用一处时，该列写各社区代码或名称，用分号隔开，面积按户数分摊
# shared_m = 0                  # 距邻社区边界不超过此距离（米）的设施由双方共用；0 表示只有恰在边界上的
# access_minutes = 15           # 可达面积的步行时间
# access_profile = "adult"
# new_estates = ["420106001001"]   # 新建小区所在社区的代码或名称：养老用房标准只适用于它们
# unit_cost_per_m2 = 4000       # 单位造价，给出后列出投资估算
# cost_unit = "元"
# cost_unit_en = "yuan"

# [[programmes]]                # 示范社区等创建工作（programmes），可写多段
# id = "disaster_reduction"
# name = "综合减灾示范社区"
# name_en = "Disaster-reduction demonstration community"
# table = "template.xlsx"       # 每个社区一行的表
# layer = "社区"                # 工作表名
# id_column = "社区代码"
# flag = "示范社区"             # 是/否、1/0
# among = "all"                 # 分母：all 全部社区 | urban 城市社区 | rural 农村社区
# target_share = 0.6            # 目标占比
# source = "规划 表1"           # 目标的出处
# source_en = "the plan, table 1"
# baseline_count = 260          # 规划所列基数：个数
# baseline_share = 0.4          # 规划所列基数：占比
# baseline_of = 1242            # 规划所列基数：分母；三者对不上时会给出警告
# pick = 0                      # 列出下一批多少个；0 表示到目标为止还差的个数
# risk = "风险"                 # 风险列（可删去）
# risk_name = "洪涝风险等级"    # 表头中的名称
# risk_name_en = "Flood risk"
# group = "people"
# service = "shelter"           # 未被该服务覆盖的人数计为未受益（可删去）
# grade = "级别"                # 级别列，如国家级、省级、市级（可删去）
# year = "创建年份"             # 创建年份列（可删去）
# yearly_share = 0.05           # 每年应新增的占比
# since = 2016                  # 从哪一年起
# milestones = { 2016 = 100 }   # 到某年应有的个数

# [[siting]]                    # 选址与合并（siting），可写多段；只算这些：civicreach site study.toml
# id = "elder_5"
# name = "新增五处养老服务中心"
# name_en = "Five more elder centres"
# service = "elder_centre"      # 按此服务的标准、人群和对象；状态为“候选”的设施可新增，现状设施保留
# problem = "max_cover"         # max_cover 覆盖人数最多 | set_cover 设点最少 | backup_cover 双重覆盖
#                               # | p_median 总路程最短 | p_center 最远者最近 | max_served 安置人数最多
#                               # | consolidate 合并 | phases 建设时序
# new = 5                       # 新增个数
# into = 4                      # consolidate：合并为几处
# by = "mean"                   # consolidate：mean 平均路程最短 | worst 最远路程最短
# over_min = 10                 # consolidate：路程增加多少分钟以上列为受损
# years = [2, 2, 1]             # phases：各年新增个数
# share = 1.0                   # set_cover：应覆盖的占比
# group = "elderly"             # 默认同服务
# minutes = 15                  # 默认同服务
# search_factor = 3.0           # p_median、p_center、consolidate：搜索到标准的多少倍
# candidates = ["school"]       # 其他服务的现状设施也可作备选（如闲置校舍、备选地块）
# every_m = 300                 # 沿公共道路每隔约多少米设一个备选点
# mandatory = []                # 必建点位的编号
# forbidden = []                # 禁建点位的编号
# closable = []                 # 可关闭的现状设施编号
# quotas = [{ level = "district", units = [], at_least = 1, at_most = 3 }]   # 各区至少、至多（含保留的现状）
# spacing_m = 500               # 与其他点位的最小直线间距
# budget = 2000                 # 投资上限，单位同造价列
# cost_column = "造价"
# cost = 400                    # 无造价列时每处造价
# cost_unit = "万元"
# cost_unit_en = "10,000 yuan"
# max_load = 5000               # 每处至多服务多少人
# floor_share = 0.3             # 每个单元的覆盖率底线
# floor_level = "subdistrict"
# capacity = 60                 # 新增点位的床位数（无列时）
# seconds = 60                  # 每个方案的计算时间上限
# seed = 0
# prices = true                 # 是否计算每条规则的代价
# fix_zones = 5                 # 对最大的几个缺口片区逐一试算：开放门禁、增设连通道、增设点位
# try_profiles = ["frail"]      # 换其他步速检验方案是否稳妥
# try_minutes = [10, 20]        # 换其他时限检验
"""

_EN = """\

# ---- More analyses. To switch one on, take "# " from the lines of its section and add it to study.analyses ----

# [circle]                      # complete service circles (with service_circle in study.analyses)
# required = ["elder_centre"]   # ids of the services that make a circle complete; all where it is left out
# group = "people"
# [[circle.rings]]              # circles of 5, 10, 15 minutes, each with a list of services of its own
# id = "five"
# name = "5-minute circle"
# name_en = "5-minute circle"
# services = ["elder_centre"]
# minutes = 5                   # inclusive; left out: each service by its own standard
# metres = 300                  # or by distance
# profile = "adult"
# standard = "circle.5min.distance"

# [elder]                       # elder-facility gaps (elder_gaps)
# group = "elderly"
# stations = ["elder_centre"]   # services that count as an elder station of a community
# village_centres = []          # services that count as a village's mutual-help centre; the same where left out
# village_years = 5             # over how many years the villages that still need one are spread
# demonstration_column = "demonstration"   # column of the stations' file: yes/no, 1/0
# homes = ["elder_centre"]      # services with beds: their capacity
# nursing_beds_column = "nursing_beds"
# station_share = "elder.urban_station_share"   # keys of standards
# demonstration_count = "elder.demonstration_per_subdistrict"
# beds_per_1000 = "elder.beds_per_1000.plan"
# beds_per_1000_code = "elder.beds_per_1000.gb50437"
# nursing_share = "elder.nursing_bed_share"
# village_share = "elder.village_centre_share"
# access_minutes = 30           # how far beds count as accessible (two-step floating catchment)
# access_methods = ["e2sfca", "2sfca"]   # also "3sfca", "bfca"; equity goes by e2sfca, else 2sfca, else 3sfca
# primary_care = "clinic"       # the service that homes are paired with
# paired = []                   # services to be paired; the homes, or else the stations, where left out
# pair_minutes = 15
# pair_capacity = 2             # homes that one place of primary care can look after
# partner_minutes = 60          # one city home for one rural home, within this drive; left out: no such pairs
# regional_minutes = 30         # rural homes as regional centres: whom they serve within this drive; left out: none
# partner_profile = "drive"     # who drives, for both
# partners = []                 # services that are city homes; left out: by partner_column, else by the flag urban
# partnered = []                # services that are rural homes
# partner_column = "city_home"  # or a column of the homes' file: yes helps, no is helped, blank is neither
# zone_link_m = 250             # uncovered homes closer than this belong to one gap zone

# [shelters]                    # shelters (shelter_reach)
# service = "shelter"           # its capacity is the effective area in m2
# class_column = "shelter_class"   # emergency, short, medium, long
# populations = ["people"]      # groups that are sheltered in turn, such as people by night and by day
# critical_links = 10           # how many of the links whose loss strands most people are listed

# [[scenarios]]                 # what if streets are out (for shelters and relief)
# id = "flood"
# name = "Flood"
# name_en = "Flood"
# closed = "closed.gpkg"        # polygons of closed ground
# closed_layer = ""
# closed_crs = "EPSG:4326"      # only where the file names none
# flood = "flood_depth.tif"     # raster of depths in metres
# depth_m = 0.3                 # from this depth on (inclusive) nobody passes
# bridges = ["First Bridge"]    # names of bridges that are out

# [relief]                      # goods within 12 hours (relief)
# city_depots = "city_depot"    # a service (with circle = false, profile = "drive")
# district_depots = "district_depot"
# group = "people"
# profile = "drive"
# hours = "relief.hours"
# mobilise_min = 60
# load_min = 60
# unload_min = 30
# last_mile_min = 60
# assumptions = "以上时间为假定"
# assumptions_en = "these minutes are assumed"

# [area]                        # floor area of community facilities per 100 households (facility_area)
# services = ["community_station"]
# column = "floor_area_m2"
# group = "households"
# target = "community.area_per_100_households"
# elder_services = ["elder_centre"]
# elder_target = "elder.area_per_100_households.hubei"
# serves_column = "serves"      # ids or names of the communities that share a facility, with semicolons between
# shared_m = 0                  # facilities this near to a boundary are shared with the community next door
# access_minutes = 15
# access_profile = "adult"
# new_estates = ["420106001001"]   # communities (ids or names) that the standard for elder care is for
# unit_cost_per_m2 = 4000
# cost_unit = "yuan"
# cost_unit_en = "yuan"

# [[programmes]]                # communities that meet a programme's standard (programmes)
# id = "disaster_reduction"
# name = "Disaster-reduction demonstration community"
# name_en = "Disaster-reduction demonstration community"
# table = "template.xlsx"       # one row a community
# layer = "communities"
# id_column = "community_id"
# flag = "demonstration"        # yes/no, 1/0
# among = "all"                 # what it is a share of: all | urban | rural communities
# target_share = 0.6
# source = "规划 表1"
# source_en = "the plan, table 1"
# baseline_count = 260          # the plan's own baseline; what doesn't fit together is told
# baseline_share = 0.4
# baseline_of = 1242
# pick = 0                      # how many to list as the next ones; 0: as many as the target needs
# risk = "risk"                 # a column; may be left out
# risk_name = "洪涝风险等级"    # what tables call it
# risk_name_en = "Flood risk"
# group = "people"
# service = "shelter"           # those whom it doesn't cover count as unserved; may be left out
# grade = "grade"               # a column, such as national, provincial, city; may be left out
# year = "year"                 # a column with the year of each; may be left out
# yearly_share = 0.05           # the share that should be added every year
# since = 2016                  # from which year on
# milestones = { 2016 = 100 }   # how many there should be by a year

# [[siting]]                    # where to build, what to merge (siting); these alone: civicreach site study.toml
# id = "elder_5"
# name = "Five more elder centres"
# name_en = "Five more elder centres"
# service = "elder_centre"      # its standard, profile and group; its candidates may open, what exists stays
# problem = "max_cover"         # max_cover | set_cover | backup_cover | p_median | p_center | max_served | consolidate
#                               # | phases
# new = 5                       # how many may open
# into = 4                      # consolidate: how many stay
# by = "mean"                   # consolidate: keep the mean way short, or the worst
# over_min = 10                 # consolidate: from how many extra minutes on people count as losers
# years = [2, 2, 1]             # phases: how many open in each year
# share = 1.0                   # set_cover: which share must be covered
# group = "elderly"             # the service's by default
# minutes = 15                  # the service's by default
# search_factor = 3.0           # p_median, p_center, consolidate: how many limits far is searched
# candidates = ["school"]       # services whose existing facilities may open too (idle premises, plots)
# every_m = 300                 # candidates along public streets, about so far apart
# mandatory = []                # ids of sites that must open
# forbidden = []                # ids of sites that mustn't
# closable = []                 # ids of existing facilities that may close
# quotas = [{ level = "district", units = [], at_least = 1, at_most = 3 }]   # with those that stay
# spacing_m = 500               # how far apart, as the crow flies
# budget = 2000                 # in the unit of the costs
# cost_column = "cost"
# cost = 400                    # of a site where no column says
# cost_unit = "万元"
# cost_unit_en = "10,000 yuan"
# max_load = 5000               # how many people one site may have to serve
# floor_share = 0.3             # the least share covered in every unit of floor_level
# floor_level = "subdistrict"
# capacity = 60                 # of a new site where no column says
# seconds = 60                  # how long each plan may be searched for
# seed = 0
# prices = true                 # what each rule costs
# fix_zones = 5                 # for how many gaps a gate, a crossing or a site more is tried
# try_profiles = ["frail"]      # is the plan the same for slower people?
# try_minutes = [10, 20]        # and for other limits?
"""

ANALYSES_TOML: dict[Language, str] = {"zh": _ZH, "en": _EN}
