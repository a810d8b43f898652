"""A document on A4: headings, text, captions, tables with repeated headers, map sheets, page numbers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from civicreach.report.archive import FIXED_TIME, with_fixed_times
from civicreach.report.docx_tables_markup import HEAD_FONTS, cut, safe, table_xml, width_shares
from civicreach.report.docx_words import word
from civicreach.report.sheets import Column
from civicreach.report.text import plain
from civicreach.study import Language

BODY, HEAD = ("宋体", "Times New Roman"), HEAD_FONTS
"""East Asian and Latin fonts of text and of headings; every office has them or stands others in."""

OTHER_NAMES = {"宋体": "SimSun", "黑体": "SimHei"}
PAGE_MM = (210.0, 297.0)
MARGIN_MM = 22.0
TEXT_MM = PAGE_MM[0] - 2 * MARGIN_MM
"""The width of the text, and of a map."""
BOOKMARK = "_Toc9000"
CONTENTS_LEVELS = 2
"""Of headings in the table of contents."""
CAPTION_POINTS, TEXT_POINTS = 9.5, 10.5
INK, SOFT, ALARM = RGBColor(0x1C, 0x27, 0x33), RGBColor(0x55, 0x60, 0x6B), RGBColor(0x9C, 0x2A, 0x00)


class Paper:
    """A document under work; what it becomes is the same for the same content."""

    def __init__(self, language: Language, title: str) -> None:
        self.language = language
        self.document = Document()
        self.tables = self.maps = 0
        self._headings: list[tuple[int, str]] = []
        self._contents: Any = None
        self.document.core_properties.title = plain(title)[:250]
        self.document.core_properties.author = "civicreach"
        self.document.core_properties.comments = ""
        self.document.core_properties.created = self.document.core_properties.modified = FIXED_TIME
        self.document.core_properties.language = "zh-CN" if language == "zh" else "en"
        self._styles()
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(PAGE_MM[0]), Mm(PAGE_MM[1])
        section.left_margin = section.right_margin = Mm(MARGIN_MM)
        section.top_margin = section.bottom_margin = Mm(20)
        self._page_numbers(section)
        self._fields_at_opening()

    def to_bytes(self) -> bytes:
        """The document as a file."""
        self._fill_contents()
        for part in self.document.part.package.iter_parts():
            if str(part.partname) == "/word/fontTable.xml":
                part._blob = _fonts(part.blob)  # noqa: SLF001 - the library has no other way
        found = io.BytesIO()
        self.document.save(found)
        return with_fixed_times(found.getvalue())

    def title(self, text: str, below: str, alarm: str) -> None:
        """What the document is, and what must be said first about its data."""
        self._line(text, "Title")
        self._line(below, "Subtitle")
        if alarm:
            paragraph = self._line(alarm, "Normal")
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.runs[0].font.color.rgb = ALARM
            paragraph.runs[0].font.bold = True

    def contents(self, title: str) -> None:
        """A table of contents here, of all headings to come; word processors put in the pages."""
        paragraph = self._line(title, "Subtitle")
        paragraph.paragraph_format.keep_with_next = True
        self._contents = paragraph._p  # noqa: SLF001 - what is told later goes behind it

    def heading(self, text: str, level: int = 1) -> None:
        """A heading of level 1 to 3."""
        self._headings.append((level, plain(text)))
        paragraph = self._line(text, f"Heading {level}")._p  # noqa: SLF001 - bookmarks have no other way
        number = len(self._headings)
        mark = f'w:id="{number}"'
        paragraph.insert(1, parse_xml(f'<w:bookmarkStart {nsdecls("w")} {mark} w:name="{BOOKMARK}{number}"/>'))
        paragraph.append(parse_xml(f"<w:bookmarkEnd {nsdecls('w')} {mark}/>"))

    def text(self, text: str) -> None:
        """A paragraph."""
        self._line(text, "Normal")

    def points(self, texts: Sequence[str]) -> None:
        """A list."""
        for text in texts:
            self._line(text, "List Bullet")

    def small(self, text: str) -> None:
        """A note below a table."""
        paragraph = self._line(text, "Caption")
        paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
        paragraph.paragraph_format.keep_with_next = False
        paragraph.paragraph_format.space_before = Pt(2)
        paragraph.runs[0].font.bold = False

    def facts(self, rows: Sequence[tuple[str, str]]) -> None:
        """A table of two columns without header."""
        columns = (
            Column("", "text", tuple(name for name, _ in rows)),
            Column("", "text", tuple(value for _, value in rows)),
        )
        self._append(table_xml(columns, "", "", (0.24, 0.76), header=False))

    def table(self, caption: str, columns: Sequence[Column], total: str = "", *, key: str = "", rows: int = 0) -> None:
        """A numbered table; `key` names it for programs, `rows` cuts it."""
        self.tables += 1
        shown = [cut(column, rows) if rows else column for column in columns]
        self._caption("table", self.tables, caption, keep=True)
        self._append(table_xml(shown, total, key, width_shares(shown)))

    def picture(self, png: bytes, caption: str, width_mm: float = TEXT_MM) -> None:
        """A numbered picture, its caption below."""
        self.maps += 1
        self.document.add_picture(io.BytesIO(png), width=Mm(width_mm))
        paragraph = self.document.paragraphs[-1]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.space_after = Pt(0)
        drawn = paragraph._p.find(f".//{qn('wp:docPr')}")  # noqa: SLF001 - what screen readers say
        if drawn is not None:
            drawn.set("descr", plain(caption))
        self._caption("map", self.maps, caption, keep=False)

    # --- parts ---

    def _fill_contents(self) -> None:
        """The headings, each with a field for its page that word processors fill in when they open the document.

        There is no field around them: within one LibreOffice keeps the page numbers that are there, which are none.
        """
        numbered = [(level, text, number) for number, (level, text) in enumerate(self._headings, 1)]
        entries = [each for each in numbered if each[0] <= CONTENTS_LEVELS]
        if self._contents is None or not entries:
            return
        begin, split, end = (
            f'<w:r><w:fldChar w:fldCharType="{kind}"{more}/></w:r>'
            for kind, more in (("begin", ' w:dirty="true"'), ("separate", ""), ("end", ""))
        )
        at = self._contents
        for level, text, mark in entries:
            name = f"{BOOKMARK}{mark}"
            page = (
                f"<w:r><w:tab/></w:r>{begin}"
                f'<w:r><w:instrText xml:space="preserve"> PAGEREF {name} \\h </w:instrText></w:r>'
                f"{split}<w:r><w:t> </w:t></w:r>{end}"
            )
            entry = parse_xml(
                f'<w:p {nsdecls("w")}><w:pPr><w:pStyle w:val="TOC{level}"/></w:pPr>'
                f'<w:hyperlink w:anchor="{name}" w:history="1"><w:r><w:t xml:space="preserve">{safe(text)}</w:t></w:r>'
                f"{page}</w:hyperlink></w:p>"
            )
            at.addnext(entry)
            at = entry
        self._contents = None

    def _fields_at_opening(self) -> None:
        """Word asks whether to fill in the page numbers when the document is opened."""
        settings = self.document.settings.element
        update = parse_xml(f'<w:updateFields {nsdecls("w")} w:val="true"/>')
        later = [settings.find(qn(f"w:{name}")) for name in ("hdrShapeDefaults", "footnotePr", "endnotePr", "compat")]
        first = next((node for node in later if node is not None), None)
        if first is None:
            settings.append(update)
        else:
            first.addprevious(update)  # the format wants its settings in order

    def _line(self, text: str, style: str) -> Any:
        return self.document.add_paragraph(plain(text), style=style)

    def _caption(self, kind: str, number: int, text: str, *, keep: bool) -> None:
        """A caption with a number that word processors count anew when tables move."""
        label = word(kind, self.language)
        blank = "" if self.language == "zh" else " "
        xml = (
            f'<w:p {nsdecls("w")}><w:pPr><w:pStyle w:val="Caption"/>{"<w:keepNext/>" if keep else ""}</w:pPr>'
            f'<w:r><w:t xml:space="preserve">{label}{blank}</w:t></w:r>'
            f'<w:fldSimple w:instr="SEQ {label} \\* ARABIC"><w:r><w:t>{number}</w:t></w:r></w:fldSimple>'
            f'<w:r><w:t xml:space="preserve">  {safe(text)}</w:t></w:r></w:p>'
        )
        self._append(xml)

    def _append(self, xml: str) -> None:
        body = self.document.element.body
        body.insert(len(body) - 1, parse_xml(xml))  # the last element says how the pages are

    def _page_numbers(self, section: Any) -> None:
        field = (
            '</w:t></w:r><w:fldSimple w:instr="{name}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
            '<w:r><w:t xml:space="preserve">'
        )
        fields = {"page": field.format(name="PAGE"), "pages": field.format(name="NUMPAGES")}
        text = word("page", self.language, **fields)
        paragraph = section.footer.paragraphs[0]._p  # noqa: SLF001 - fields have no other way
        xml = (
            f'<w:p {nsdecls("w")}><w:pPr><w:pStyle w:val="Footer"/><w:jc w:val="center"/></w:pPr>'
            f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'
        )
        paragraph.getparent().replace(paragraph, parse_xml(xml))

    def _styles(self) -> None:
        sizes = {"Heading 1": 15.0, "Heading 2": 13.0, "Heading 3": 11.5, "Title": 21.0, "Subtitle": 12.0}
        for name in ("Normal", *sizes, "Caption", "List Bullet", "Footer"):
            style = self.document.styles[name]
            heading = name in sizes or name == "Caption"
            _set_fonts(style, HEAD if heading else BODY)
            style.font.color.rgb = SOFT if name in ("Subtitle", "Footer") else INK
            style.font.italic = False
            style.font.bold = heading and name != "Subtitle"
            known = {"Caption": CAPTION_POINTS, "Footer": 9.0}
            style.font.size = Pt(sizes.get(name, known.get(name, TEXT_POINTS)))
            style.paragraph_format.space_after = Pt(4)
            style.paragraph_format.line_spacing = 1.25 if name in ("Normal", "List Bullet") else 1.1
        for level in range(1, CONTENTS_LEVELS + 1):
            style = self.document.styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
            style.element.set(qn("w:styleId"), f"TOC{level}")
            style.base_style = self.document.styles["Normal"]
            style.paragraph_format.left_indent = Mm(6.0 * (level - 1))
            style.paragraph_format.space_after = Pt(1)
            style.paragraph_format.tab_stops.add_tab_stop(Mm(TEXT_MM), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
        for name in ("Title", "Subtitle", "Caption"):
            self.document.styles[name].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for name in ("Heading 1", "Heading 2", "Heading 3"):
            self.document.styles[name].paragraph_format.space_before = Pt(12)
        self.document.styles["Caption"].paragraph_format.space_before = Pt(11)
        for border in self.document.styles["Title"].element.iter(qn("w:pBdr")):
            border.getparent().remove(border)


def _set_fonts(style: Any, fonts: tuple[str, str]) -> None:
    """Both scripts' fonts of a style, without those of the library's theme."""
    style.font.name = fonts[1]
    found = style.element.rPr.rFonts
    for name in list(found.attrib):
        if name.endswith("Theme"):
            del found.attrib[name]
    for name, font in (("w:ascii", fonts[1]), ("w:hAnsi", fonts[1]), ("w:eastAsia", fonts[0]), ("w:cs", fonts[1])):
        found.set(qn(name), font)


def _fonts(blob: bytes) -> bytes:
    """The document's list of fonts with the English names of the Chinese ones, which other systems know."""
    more = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in OTHER_NAMES.items()
    )
    return blob.replace(b"</w:fonts>", more.encode() + b"</w:fonts>")
