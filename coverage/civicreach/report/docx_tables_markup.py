"""The markup of tables: header on every page, numbers at the right, rows never broken over pages."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from docx.oxml.ns import nsdecls

from civicreach.measures.rounding import number_text, percent_text
from civicreach.report.sheets import Column
from civicreach.report.text import display_width, plain

HEAD_FONTS = ("黑体", "Arial")
"""East Asian and Latin font of headers and totals."""

TABLE_POINTS = 8.5
HEAD_FILL, TOTAL_FILL = "DCE6F1", "F2F2F2"
NARROWEST, WIDEST = 6, 34
"""Letters that a column is taken to have at least and at most when the width is shared out."""

PAGE_LETTERS, TEXT_SHARE = 108.0, 0.13
"""Letters that fit beside each other, and the least share of them that is left for each column of texts."""


def table_xml(columns: Sequence[Column], total: str, key: str, shares: Sequence[float], *, header: bool = True) -> str:
    """A table: header on every page, numbers at the right, rows never broken, the total in bold."""
    widths = [round(5_000 * share) for share in shares]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    told = f"<w:tblDescription w:val={quoteattr(plain(key))}/>" if key else ""
    line = 'w:val="single" w:sz="{size}" w:space="0" w:color="{colour}"'
    thick, thin = line.format(size=8, colour="1C2733"), line.format(size=2, colour="A6A6A6")
    rows = [_row([column.header for column in columns], columns, widths, "head")] if header else []
    rows += [
        _row([shown(column, at) for column in columns], columns, widths, "" if header else "fact")
        for at in range(len(columns[0].values) if columns else 0)
    ]
    if total:
        last = [total if not at else total_shown(column) for at, column in enumerate(columns)]
        rows.append(_row(last, columns, widths, "total"))
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:jc w:val="center"/><w:tblBorders>'
        f"<w:top {thick}/><w:bottom {thick}/><w:insideH {thin}/></w:tblBorders>"
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/>'
        f"</w:tblCellMar>{told}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def shown(column: Column, row: int) -> str:
    """A cell as people read it."""
    return _said(column.values[row], column.kind_at(row))


def total_shown(column: Column) -> str:
    """What stands in the total row: of flags how many say yes, of how many."""
    if column.total is None:
        return ""
    return f"{column.total} / {len(column.values)}" if column.kind == "flag" else _said(column.total, column.kind)


def _said(value: object, kind: str) -> str:
    if value is None:
        return "–"
    if not isinstance(value, int | float):
        return str(value)
    if kind == "share":
        return f"{percent_text(value)} %"
    decimals = {"minutes": 1, "decimal": 2}.get(kind, 0)
    if kind in ("weight", "number") and not float(value).is_integer():
        decimals = 1 if kind == "weight" else 2
    return number_text(value, decimals)


def _row(texts: Sequence[str], columns: Sequence[Column], widths: Sequence[int], look: str) -> str:
    fill = {"head": HEAD_FILL, "total": TOTAL_FILL}.get(look, "")
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    cells = []
    for at, (text, column, width) in enumerate(zip(texts, columns, widths, strict=True)):
        left = column.kind == "text" or (look == "total" and not at)
        side = "left" if left else "center" if look == "head" or column.kind == "flag" else "right"
        bold = "<w:b/>" if look in ("head", "total") or (look == "fact" and not at) else ""
        fonts = (
            f'<w:rFonts w:ascii="{HEAD_FONTS[1]}" w:hAnsi="{HEAD_FONTS[1]}" w:eastAsia="{HEAD_FONTS[0]}"/>'
            if bold
            else ""
        )
        size = round(2 * (TABLE_POINTS + (1.5 if look == "fact" else 0)))
        cells.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="pct"/>{shade}<w:vAlign w:val="center"/></w:tcPr>'
            f'<w:p><w:pPr><w:spacing w:before="20" w:after="20" w:line="240" w:lineRule="auto"/><w:jc w:val="{side}"/>'
            f'</w:pPr><w:r><w:rPr>{fonts}{bold}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'
            f'<w:t xml:space="preserve">{safe(text)}</w:t></w:r></w:p></w:tc>'
        )
    kind = "<w:cantSplit/><w:tblHeader/>" if look == "head" else "<w:cantSplit/>"
    return f"<w:tr><w:trPr>{kind}</w:trPr>{''.join(cells)}</w:tr>"


def safe(text: str) -> str:
    """Text of one line, fit for markup."""
    return escape(plain(text).replace("\n", " ").replace("\t", " "))


def cut(column: Column, rows: int) -> Column:
    """The first rows of a column."""
    return Column(column.header, column.kind, column.values[:rows], column.total, column.kinds[:rows])


def width_shares(columns: Sequence[Column]) -> list[float]:
    """How much of the width each column gets: numbers and words of headers stay whole, texts share what is left."""
    needs = []
    for column in columns:
        cells = [display_width(shown(column, at)) for at in range(min(len(column.values), 300))]
        words = [display_width(word) for word in re.split(r"[ \u2e80-\uffff]", column.header)]
        longest = max([*cells, 1.12 * display_width(total_shown(column)), 1.15 * max(words), NARROWEST])
        needs.append(min(longest, WIDEST) + 2.5)
    texts = [need if column.kind == "text" else 0.0 for need, column in zip(needs, columns, strict=True)]
    least = min(0.5, TEXT_SHARE * sum(text > 0 for text in texts)) * PAGE_LETTERS
    left = max(PAGE_LETTERS - (math.fsum(needs) - math.fsum(texts)), least)
    if texts and math.fsum(texts) > left:
        squeezed = left / math.fsum(texts)
        needs = [need * squeezed if text else need for need, text in zip(needs, texts, strict=True)]
    return [need / math.fsum(needs) for need in needs]
