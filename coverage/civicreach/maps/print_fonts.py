"""Letters of print maps: a family on this machine that has Chinese, and no sign that it lacks."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from civicreach.errors import Note
from civicreach.study import Language

CHINESE_FAMILIES = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "Noto Sans SC", "PingFang SC", "Hiragino Sans GB",
    "Microsoft YaHei", "DengXian", "SimHei", "Heiti SC", "STHeiti", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",
    "Sarasa Gothic SC", "LXGW WenKai", "Noto Serif CJK SC", "Source Han Serif SC", "SimSun", "STSong", "Songti SC",
    "Droid Sans Fallback", "AR PL UMing CN", "Noto Sans CJK JP",
)  # fmt: skip
"""Best first; the last one stands for collections of which an older matplotlib reads the first face alone."""

LATIN_FAMILY = "DejaVu Sans"
"""Comes with matplotlib."""

PROBE = "审图号养老圈街道缺口岚"
UNKNOWN_SIGN = "?"

NO_FONT = Note(
    "no font with Chinese characters was found: install one (Debian and Ubuntu: apt install fonts-noto-cjk; "
    "Fedora: dnf install google-noto-sans-cjk-fonts) and run again",
    "未找到中文字体：请安装后重新运行（Debian、Ubuntu：apt install fonts-noto-cjk；"
    "Fedora：dnf install google-noto-sans-cjk-fonts）",
)


@dataclass(frozen=True)
class Lettering:
    """The families that text is set in, best first, with the files of their faces."""

    families: tuple[str, ...]
    faces: tuple[tuple[str, int], ...]

    @cached_property
    def signs(self) -> frozenset[int]:
        """Code points that at least one of the families has."""
        return frozenset(point for file, index in self.faces for point in _signs(file, index))

    def fit(self, text: str) -> str:
        """Text on one line with a question mark for whatever no family has: a map never shows empty boxes."""
        line = " ".join(text.split())
        return "".join(sign if ord(sign) in self.signs else UNKNOWN_SIGN for sign in line)

    def reads(self, text: str) -> bool:
        """Whether all of a text can be set."""
        return self.fit(text) == " ".join(text.split())

    def font(self, size: float, *, bold: bool = False, italic: bool = False) -> Any:
        """Font properties for a text of a size in points."""
        from matplotlib.font_manager import FontProperties

        weight = "bold" if bold else "normal"
        slant: Literal["normal", "italic"] = "italic" if italic else "normal"
        return FontProperties(family=list(self.families), size=size, weight=weight, style=slant)


def lettering(families: Iterable[str] = CHINESE_FAMILIES) -> Lettering:
    """The first of the families that this machine has, before the Latin one that is always there.

    Without any of them Chinese can't be set: `reads` says so.
    """
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # silence while it looks for fonts
    from matplotlib import font_manager

    manager = font_manager.fontManager
    known = {entry.name: entry for entry in manager.ttflist if entry.weight in (400, 500, "normal", "regular")}
    found = next((name for name in families if name in known), None)
    if found is None:  # fonts may be newer than matplotlib's list of them
        listed = {Path(entry.fname) for entry in manager.ttflist}
        for file in sorted(font_manager.findSystemFonts()):
            if Path(file) not in listed:
                _add(manager, file)
        known = {entry.name: entry for entry in manager.ttflist}
        found = next((name for name in families if name in known), None)
    names = (found, LATIN_FAMILY) if found is not None else (LATIN_FAMILY,)
    faces = tuple((str(known[name].fname), int(getattr(known[name], "index", 0))) for name in names if name in known)
    return Lettering(names, faces)


def language_of(wanted: Language, english_name: str, letters: Lettering) -> Language | None:
    """The language that maps can be lettered in: the study's, or English where it has an English name; else None."""
    if wanted == "en" or letters.reads(PROBE):
        return wanted
    return "en" if english_name and letters.reads(english_name) else None


def _add(manager: Any, file: str) -> None:
    try:
        manager.addfont(file)
    except (OSError, RuntimeError, ValueError, KeyError):  # a broken file among the system's fonts isn't our matter
        return


def _signs(file: str, index: int) -> Iterable[int]:
    from matplotlib.font_manager import get_font

    if not index:
        return list(get_font(file).get_charmap())
    from matplotlib import ft2font

    return list(ft2font.FT2Font(file, face_index=index).get_charmap())
