"""The words of the filed report, Chinese and English."""

from __future__ import annotations

from civicreach.report.words import Pair, pick
from civicreach.study import Language

DOCX_WORDS: dict[str, Pair] = {
    "title": ("{place}公共服务设施覆盖分析报告", "{place}: how far civic services reach"),
    "subtitle": ("附件：指标、表格与图件", "Annex: figures, tables and maps"),
    "study": ("项目", "Study"),
    "data_of": ("数据时点", "Data of"),
    "author": ("编制单位", "Author"),
    "date": ("编制日期", "Date"),
    "review_number": ("审图号", "Map review number"),
    "note": ("数据说明", "Data note"),
    "to_fill_in": ("（待填写）", "(to be filled in)"),
    "summary": ("摘要", "Summary"),
    "method": ("方法", "Method"),
    "parameters": ("参数与标准", "Parameters and standards"),
    "data": ("数据清单", "Data"),
    "results": ("结果", "Results"),
    "contents": ("目录", "Contents"),
    "warnings": ("除外情况与提示", "Exclusions and warnings"),
    "sentence": ("{label}为 {value}", "{label}: {value}"),
    "of": ("（{numerator} / {denominator}，分母为{name}）", " ({numerator} of {denominator}; of {name})"),
    "stop": ("。", "."),
    "semicolon": ("；", "; "),
    "intro": (
        (
            "本附件汇总{place}（{year}年数据）{services}项设施服务圈与{analyses}项专题分析的结果。"
            "全部数值与工作簿、网页和 summary.json 一致。"
        ),
        (
            "This annex holds the results of {services} service circles and {analyses} analyses for {place} (data of"
            " {year}). Every number is the same as in the workbook, the page and summary.json."
        ),
    ),
    "standards_intro": (
        "下表列出结果所依据的标准与出行速度；“核对情况”不是“已核对来源”的，使用前须核对原文。",
        (
            "The standards and speeds that the results rest on. Those that aren't checked against their source must be"
            " checked before anybody relies on them."
        ),
    ),
    "services_table": ("各项服务的计算口径", "What each service is held to"),
    "standards_table": ("采用标准与出行速度", "Standards and speeds"),
    "data_table": ("输入文件", "Input files"),
    "data_intro": (
        (
            "以下文件为本次计算的全部输入，按文件内容计算 SHA-256；内容相同的文件得到相同的结果。数据时点：{date}。"
            "“文件日期”是文件最后修改的日期（UTC）；复制或重新下载会改变文件日期，不影响结果。"
        ),
        (
            "All files that were read, with the SHA-256 of their content: equal files give equal results. Data of"
            " {date}. The file's date is the day (UTC) on which it was last changed; copying or downloading it anew"
            " may change that, and no result."
        ),
    ),
    "data_groups": (
        (
            "同一通配路径的多个文件合列一行：其 SHA-256 由各文件的 SHA-256 按文件名次序逐行排列后再次计算，"
            "各文件的 SHA-256 见 provenance.json。"
        ),
        (
            "Files of one pattern share a row: its SHA-256 is that of theirs, in the order of their names and one a"
            " line. Those of the single files are in provenance.json."
        ),
    ),
    "file_group": ("{name}（{n} 个文件）", "{name} ({n} files)"),
    "file_date": ("文件日期", "File's date"),
    "file": ("文件", "File"),
    "bytes": ("字节", "Bytes"),
    "sha256": ("SHA-256", "SHA-256"),
    "figures_table": ("{name}：指标", "{name}: figures"),
    "level_table": ("{name}：按{level}", "{name}: by {level}"),
    "worst_table": ("{name}：未覆盖最多的 {n} 个单元", "{name}: the {n} units with most beyond the standard"),
    "worst_topic_table": ("{name}：最差的 {n} 个{level}", "{name}: the {n} worst units, {level}"),
    "cut": ("全部 {total} 行见 tables.xlsx。", "All {total} rows are in tables.xlsx."),
    "list_cut": ("全部 {total} 行及其余各列见 tables.xlsx。", "All {total} rows and other columns: tables.xlsx."),
    "list_table": ("{name}（前 {n} 行）", "{name} (first {n} rows)"),
    "more_tables": ("更多表格见 tables.xlsx：{names}。", "More tables in tables.xlsx: {names}."),
    "comma": ("、", ", "),
    "value": ("数值", "Value"),
    "ratio": ("分子 / 分母", "Numerator / denominator"),
    "figure": ("指标", "Figure"),
    "denominator_name": ("分母", "Denominator is"),
    "service": ("服务", "Service"),
    "held_to": ("计算口径", "Held to"),
    "group": ("人群", "Group"),
    "facilities": ("现状设施（处）", "Facilities"),
    "table": ("表", "Table"),
    "map": ("图", "Figure"),
    "no_maps": ("本次未生成图件。", "No map figures were made."),
    "excluded": (
        "以下居住点和设施因距道路过远、位于孤立路网或无法接入路网而被单独列出，共 {n} 处；它们仍计入分母。",
        (
            "{n} places are far from any street, on an island of the network or not on it; they are listed here and"
            " stay in every denominator."
        ),
    ),
    "excluded_table": ("接入路网检查（按图层与原因）", "Snapping check, by layer and reason"),
    "layer": ("图层", "Layer"),
    "reason": ("原因", "Reason"),
    "count": ("数量", "Count"),
    "no_warnings": ("无。", "None."),
    "outside": ("分析范围之外的居住点不计入任何比率。", "Homes outside the study area are in no share."),
    "page": ("第 {page} 页  共 {pages} 页", "Page {page} of {pages}"),
}


def word(key: str, language: Language, **filled: object) -> str:
    """One phrase with its gaps filled."""
    return pick(DOCX_WORDS[key], language).format(**filled)
