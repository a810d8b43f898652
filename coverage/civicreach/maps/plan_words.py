"""What the page says about plans (what-if siting) and about single homes, in Chinese and English."""

from __future__ import annotations

PLAN_WORDS: dict[str, tuple[str, str]] = {
    # the dock
    "plan_try": ("在图上推演此方案", "Try this plan in the map"),
    "plan_open": ("选址推演", "What-if"),
    "plan_title": ("选址推演", "What-if siting"),
    "plan_leave": ("退出推演", "Leave what-if"),
    "plan_fold": ("收起面板", "Fold the panel"),
    "plan_unfold": ("展开面板", "Unfold the panel"),
    "plan_mark": ("推演方案", "What-if plan"),
    "plan_mark_many": ("推演方案（{n} 处拟设）", "What-if plan ({n} proposed)"),
    "plan_service": ("服务", "Service"),
    "plan_profile": ("出行人群", "Who travels"),
    "plan_minutes": ("时限", "Limit"),
    "plan_metres": ("距离", "Distance"),
    "plan_capacity": ("每处拟设规模（{unit}，各处同）", "Capacity of each site ({unit}, the same for all)"),
    "plan_capacity_none": ("不限", "unlimited"),
    "plan_capacity_mixed": ("各处不同，见列表", "different, see the list"),
    "plan_room": ("规模 {n} {unit}", "{n} {unit}"),
    "plan_own_question": ("恢复研究口径", "Back to the study's question"),
    "plan_suggest": ("推荐下一处", "Suggest next site"),
    "plan_how": (
        "点击地图放置拟设设施；拖动图钉可移动，数字随之更新。",
        "Click the map to place a site. Drag a pin to move it: the figures follow.",
    ),
    "plan_how_candidates": (
        "本研究只能在 {n} 个备选地块（◇）上选址：点击备选地块放置，图钉只能停在备选地块上。",
        "Sites can only stand on the study's {n} candidate plots (◇): click one to place a site. Pins stay on plots.",
    ),
    "plan_keys": (
        "快捷键：S 推荐 · Ctrl+Z / Y 撤销、重做 · 地图上按 Enter 在中心放置 · 图钉上方向键移动、Delete 移除",
        (
            "Keys: S suggest · Ctrl+Z / Y undo, redo · Enter on the map places at its centre · "
            "on a pin, arrows move and Delete removes"
        ),
    ),
    "plan_none": ("尚无拟设设施。", "No proposed sites yet."),
    "plan_sites": ("拟设设施", "Proposed sites"),
    "plan_site": ("拟设 {n}", "Site {n}"),
    "plan_near": ("{street}附近", "near {street}"),
    "plan_unnamed": ("未命名道路附近", "near an unnamed street"),
    "plan_gain": ("+{n}", "+{n}"),
    "plan_gain_said": ("新增覆盖 {amount}", "{amount} newly covered"),
    "plan_pin": (
        "拟设 {n}：{place}，新增覆盖 {amount}。方向键移动，Delete 移除。",
        "Site {n}: {place}, {amount} newly covered. Arrow keys move it, Delete removes it.",
    ),
    "plan_go": ("定位拟设 {n}", "Go to site {n}"),
    "plan_remove": ("移除拟设 {n}", "Remove site {n}"),
    "plan_undo": ("撤销", "Undo"),
    "plan_redo": ("重做", "Redo"),
    "plan_clear": ("清空", "Clear"),
    "plan_save": ("保存方案", "Save plan"),
    "plan_load": ("读入方案", "Load plan"),
    "plan_csv": ("导出 CSV", "Export CSV"),
    "plan_geojson": ("导出 GeoJSON", "Export GeoJSON"),
    "plan_assumes": (
        "假设：拟设设施对所有人开放；{capacity}；出行速度与路网规则同现状。不考虑用地、造价和需求变化。",
        (
            "Assumed: a proposed site is open to everybody; {capacity}; speed and street rules are those of today. "
            "Land, cost and changes of demand aren't considered."
        ),
    ),
    "plan_assumes_unlimited": ("规模不限", "without limit of capacity"),
    "plan_assumes_capacity": (
        "规模只作记录（不以人计），覆盖率按可达计算",
        "capacity is noted only, as it isn't counted in people, while coverage counts who can reach a site",
    ),
    "plan_assumes_assigned": (
        (
            "规模按人计，一个名额一人（{group}），时限内统筹分配：先使有名额的人数最多，再使总行程最短，不计先来后到"
            "（规模未知的现有设施、未填规模的拟设设施视为不限），覆盖率仍按可达计算"
        ),
        (
            "one unit of capacity is a place for one person ({group}), and places within the limit are assigned so "
            "that most people get one and, of all such plans, the total travel is least (facilities of today whose "
            "capacity isn't known, and sites without one, take everybody); coverage still counts who can reach a site"
        ),
    ),
    "plan_assigned": (
        "按规模统筹分配：时限内 {n} 有名额，{m} 无名额",
        "By capacity: {n} within the limit get a place, {m} don't",
    ),
    "plan_computing": ("按规模统筹分配：正在计算……", "By capacity: computing who gets a place …"),
    "plan_taken": ("名额 {n} / {m}", "{n} of {m} places"),
    "plan_taken_unlimited": ("名额 {n}（不限）", "{n} places, no limit"),
    "plan_elsewhere": (
        "当前方案属于“{service}”（{n} 处）。",
        "The plan at hand is one for {service} ({n} proposed).",
    ),
    "plan_elsewhere_go": ("打开该专题", "Open that theme"),
    "plan_elsewhere_take": ("改为推演本服务", "Use it for this service"),
    # what is said after an act
    "said_suggested": (
        "已放置拟设 {n}：在 {of} 个候选位置中最优，新增覆盖 {amount}（核算 {tried} 个，{ms} 毫秒）。",
        "Site {n} placed, the best of {of} places: {amount} newly covered ({tried} evaluated, {ms} ms).",
    ),
    "said_suggested_room": (
        (
            "已放置拟设 {n}：按可达覆盖（不按规模）在 {of} 个候选位置中最优，新增覆盖 {amount}"
            "（核算 {tried} 个，{ms} 毫秒）。"
        ),
        (
            "Site {n} placed, the best of {of} places by coverage, not by capacity: {amount} newly covered "
            "({tried} evaluated, {ms} ms)."
        ),
    ),
    "said_capacity": ("全部 {n} 处拟设设施的规模：{amount}。", "Capacity of all {n} proposed sites: {amount}."),
    "said_capacity_next": ("此后放置的拟设设施，每处规模：{amount}。", "Capacity of the sites to come: {amount} each."),
    "said_capacity_refused": (
        "规模须为 1 至 1,000,000 的整数，留空为不限；输入未采用，仍为：{now}。",
        "A capacity is a whole number from 1 to 1,000,000, or empty for no limit. Not taken; it still is: {now}.",
    ),
    "said_no_gain": ("没有能新增覆盖的位置。", "No place would cover anybody new."),
    "said_placed": ("已放置拟设 {n}：新增覆盖 {amount}。", "Site {n} placed: {amount} newly covered."),
    "said_moved": ("已移动拟设 {n}：新增覆盖 {amount}。", "Site {n} moved: {amount} newly covered."),
    "said_removed": ("已移除拟设 {n}。", "Site {n} removed."),
    "said_cleared": ("已清空方案。", "The plan is empty now."),
    "said_undone": ("已撤销。", "Undone."),
    "said_redone": ("已重做。", "Redone."),
    "said_saved": ("已保存：{file}", "Saved: {file}"),
    "said_loaded": ("已读入方案：{n} 处。", "Plan loaded: {n} sites."),
    "said_loaded_other": (
        "已读入方案：{n} 处。注意：方案属于另一研究“{from}”，本页为“{to}”，数字已按本页数据重算。",
        "Plan loaded: {n} sites. Mind: it was made for another study, {from}; the figures are those of this one, {to}.",
    ),
    "said_load_failed": ("方案文件未能读入，现有方案未变：", "The plan file wasn't read; the plan is as it was:"),
    "said_no_street": (
        "此处离路网过远（超过 {n} 米），不能设点。",
        "No site here: it is farther than {n} m from any street.",
    ),
    "said_no_street_plain": ("此处离路网过远，不能设点。", "No site here: it is too far from any street."),
    "said_not_a_candidate": (
        "只能设在备选地块上，此处附近没有：请点击菱形标记（◇）。",
        "Only candidate plots count, and there is none here: click a diamond (◇).",
    ),
    "said_off_plots": (
        "“{service}”只能设在备选地块上，而方案中有不在其地块上的拟设设施：方案未变。",
        "{service} can only be built on candidate plots, and the plan has sites off them: the plan is as it was.",
    ),
    "said_taken": ("该备选地块已有拟设设施。", "That plot has a proposed site already."),
    "said_outside": ("此处在研究区外，不能设点。", "No site here: it is outside the study's area."),
    "fault_no_json": ("文件不是 JSON。", "The file isn't JSON."),
    "fault_too_large": ("文件过大（{n} KB）。", "The file is too large ({n} KB)."),
    "fault_format": ("文件不是本工具的方案文件。", "The file isn't a plan of this tool."),
    "fault_study": (
        "方案属于另一研究“{from}”，本页为“{to}”。",
        "The plan is one of another study, {from}; this is {to}.",
    ),
    "other_study": ("未命名研究", "one without a name"),
    "fault_version": ("方案文件的版本与本页不符。", "The plan file has another version than this page."),
    "fault_crs": ("方案的坐标系与本研究不同。", "The plan has another coordinate system than this study."),
    "fault_service": ("本研究没有方案中的服务。", "This study doesn't have the plan's service."),
    "fault_profile": ("本研究没有方案中的出行人群。", "This study doesn't have the plan's way of travelling."),
    "fault_minutes": (
        "方案的时限应为 {min} 至 {max} 之间的分钟数。",
        "The plan's limit must be a number of minutes from {min} to {max}.",
    ),
    "fault_number": ("方案的时限应为大于 0 的数。", "The plan's limit must be a number above 0."),
    "fault_sites": ("方案的拟设设施超过 {n} 处。", "The plan has more than {n} sites."),
    "fault_site": (
        "拟设 {n} 的位置在研究区外、离路网过远或不是空闲的备选地块。",
        "Site {n} is outside the study, too far from any street, or no free candidate plot.",
    ),
    "fault_site_metres": ("拟设 {n} 的 x_m、y_m 不是数。", "Site {n}: x_m and y_m must be numbers."),
    "fault_site_degrees": (
        "拟设 {n} 的 lon、lat 与 x_m、y_m 不是同一处（相差超过 1 米）。",
        "Site {n}: lon and lat aren't the place of x_m and y_m (more than 1 m apart).",
    ),
    "fault_site_capacity": (
        "拟设 {n} 的规模应为 0 至 1,000,000 之间的数。",
        "Site {n}: the capacity must be a number from 0 to 1,000,000.",
    ),
    # headline, tables, legend
    "plan_now_then": ("现状 {now} → 方案 {then}", "now {now} → plan {then}"),
    "plan_points": ("{sign}{n} 个百分点", "{sign}{n} pts"),
    "plan_newly": ("新增覆盖 {amount}", "{amount} newly covered"),
    "plan_changed_question": ("标准或人群不同于研究口径", "limit or people differ from the study's question"),
    "plan_definition": (
        "方案中（现有设施加拟设设施）{limit}内可达任一{service}的{group}，除以研究区内全部{group}；与现状采用同一路网和规则。",
        (
            "{group} within {limit} of any {service}, existing or proposed, divided by all {group} of the study's "
            "areas; the same streets and rules as for today."
        ),
    ),
    "plan_first_come": (
        "各处新增按顺序计（先到先计），相加即为方案总新增。",
        "Each site's gain is what it adds to those before it, so that they add up to the plan's.",
    ),
    "plan_today": ("现状指标（不含方案）", "Figures of today (without the plan)"),
    "plan_cap_gaps": ("按方案重算：未覆盖从多到少", "With the plan, worst first"),
    "plan_cap_areas": ("按方案重算；变化为百分点", "With the plan; change in points"),
    "plan_cap_facilities": (
        "拟设设施在前，按方案口径；现有设施为现状",
        "Proposed sites first, as the plan asks; the others as of today",
    ),
    "plan_kept": ("研究现状，不含推演方案", "The study as it is, without the plan"),
    "plan_kept_short": ("不含方案", "without plan"),
    "plan_tab_now": ("{at}现状 {n}", "{at} now {n}"),
    "plan_kept_note": (
        "推演方案（{service}，{n} 处拟设）只重算该服务圈；本页仍为研究现状值，不含方案。",
        "The plan ({service}, {n} proposed) changes that service circle only; these are the study's values without it.",
    ),
    "plan_profiles_why": (
        "可选的是本研究服务圈用到的、同样按{unit}计的出行人群；其他人群的路网未随页面附带。",
        (
            "These are the profiles of this study's service circles that are counted in {unit}, too; the page has no "
            "streets for others."
        ),
    ),
    "plan_by_min": ("时间", "minutes"),
    "plan_by_m": ("距离", "metres"),
    "col_gain": ("新增覆盖", "Newly covered"),
    "col_assigned": ("名额", "Places taken"),
    "col_plan_before": ("现状", "Now"),
    "col_plan_share": ("方案", "Plan"),
    "col_plan_change": ("变化", "Change"),
    "tip_plan_before": ("现状覆盖", "Covered now"),
    "tip_plan_share": ("方案覆盖", "Covered with the plan"),
    "legend_plan_site": ("拟设设施", "Proposed site"),
    "legend_plan_homes": ("新增覆盖的居住点", "Newly covered homes"),
    "legend_plan_cells": ("新增覆盖过半的方格", "Squares with most newly covered"),
    "legend_plan_streets": ("新增可达街道", "Newly reached streets"),
    "legend_plan_candidates": ("备选地块", "Candidate plot"),
    "legend_plan_today": ("可达边界为现状", "The edge of reach is that of today"),
    "legend_route": ("路网路线", "Way by network"),
    "legend_straight": ("直线", "Straight line"),
    "status_planned": ("方案新增覆盖", "newly covered by the plan"),
    # a home's card
    "home_show": ("看一户未覆盖住宅", "Show an uncovered home"),
    "home_show_next": ("看下一户未覆盖住宅", "Show another uncovered home"),
    "home_show_none": ("这里没有未覆盖的住宅", "No uncovered home here"),
    "home_why": ("这户为什么没有被覆盖？", "Why is this home not covered?"),
    "home_why_covered": ("这户已被覆盖", "This home is covered"),
    "home_why_planned": ("这户由方案新增覆盖", "This home is newly covered by the plan"),
    "home_in": ("居住点 · {unit}", "Home · {unit}"),
    "home_nearest": ("路网最近：", "Nearest by network: "),
    "home_nearest_straight": ("直线最近：", "Nearest in a straight line: "),
    "home_network": ("路网", "Network"),
    "home_straight": ("直线", "Straight"),
    "home_over": ("超出 {n}", "{n} over the limit"),
    "home_within": ("在 {n} 以内", "within {n}"),
    "home_way": ("（沿路 {n}）", " ({n} by network)"),
    "home_detour": ("到直线最近处的绕行系数 {n}", "detour factor {n} to the nearest in a straight line"),
    "home_no_way": ("无法到达", "no way"),
    "home_cause_covered": (
        "沿路网在标准内可达。",
        "Within the limit along the streets.",
    ),
    "home_cause_too_far": (
        "附近没有设施：直线距离也超出标准。",
        "No facility is near: even the straight line is beyond the limit.",
    ),
    "home_cause_detour": (
        "设施不远，但要绕路：直线在标准内，沿路到直线最近处却是直线的 {n} 倍（河流、铁路、围墙、山坡或断头路）。",
        (
            "A facility is near, but the way round is long: the straight line is within the limit, the streets to the "
            "nearest in a straight line take {n} times as far (river, railway, wall, slope or dead end)."
        ),
    ),
    "home_cause_detour_cut": (
        "设施不远，但直线最近处没有道路可达，到其他设施要绕路（河流、铁路、围墙、山坡或断头路）。",
        (
            "A facility is near, but no street leads to the nearest in a straight line, and the way to any other is "
            "long (river, railway, wall, slope or dead end)."
        ),
    ),
    "home_cause_winding": (
        "直线在标准内，沿路略远：属街道的正常曲折，并非明显绕行。",
        "The straight line is within the limit; the streets wind as streets do, and there is no marked detour.",
    ),
    "home_cause_private": (
        "小区内部道路不通行：若开放，即可在标准内到达。",
        "Private ways are closed: were they open, this home would be within the limit.",
    ),
    "home_cause_no_street": (
        "离最近的道路过远，未接入路网。",
        "It is too far from any street to be on the network.",
    ),
    "home_cause_unreachable": (
        "没有道路通到任何设施：所在路网是孤立的。",
        "No street leads to any facility: the streets here are cut off.",
    ),
    "home_fix": ("怎样改善：", "What would help: "),
    "home_fix_site": (
        "在附近新设{service}（可用“选址推演”试算）。",
        "Near by, another site of “{service}” (try it with What-if).",
    ),
    "home_fix_path": (
        "补一条步行通道、桥或出入口，也许比新建设施更有效。",
        "A path, a bridge or a gate: it may help more than a new building.",
    ),
    "home_fix_open": ("开放小区内部道路或增设出入口。", "Opening the private ways, or another gate."),
    "home_fix_street": ("核对道路数据，或补通到此处的道路。", "Checking the street data, or a street to this place."),
    "home_fix_connect": (
        "核对道路数据，或连通这片路网。",
        "Checking the street data, or joining these streets up.",
    ),
    # files
    "file_study": ("研究", "Study"),
    "file_kind": ("性质", "Kind"),
    "file_kind_plan": ("推演方案，非现状", "What-if plan, not the present state"),
    "file_definition": ("定义", "Definition"),
    "file_sources": ("数据来源", "Sources"),
    "file_people": ("全部（{group}）", "All ({group})"),
    "file_before": ("现状覆盖（{group}）", "Covered now ({group})"),
    "file_after": ("方案覆盖（{group}）", "Covered with the plan ({group})"),
    "file_share_before": ("现状覆盖率", "Share covered now"),
    "file_share_after": ("方案覆盖率", "Share covered with the plan"),
    "file_change": ("变化（百分点）", "Change (points)"),
    "file_number": ("序号", "Number"),
    "file_place": ("位置", "Place"),
    "file_gain": ("新增覆盖（{group}）", "Newly covered ({group})"),
    "file_capacity": ("规模", "Capacity"),
    "file_assigned": ("分配到名额（{group}）", "Given a place ({group})"),
    "file_unserved": ("时限内无名额（{group}）", "Within the limit without a place ({group})"),
    "file_lon": ("经度", "Longitude"),
    "file_lat": ("纬度", "Latitude"),
    "file_level": ("层级", "Level"),
    "file_unit": ("名称", "Name"),
    "file_parent": ("上级", "Part of"),
    "file_id": ("编码", "Code"),
}
