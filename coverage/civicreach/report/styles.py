"""QGIS styles for the GeoPackage, in colours that colour-blind readers and grey printers tell apart."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree as ET

Shape = Literal["fill", "line", "marker"]

STATUS_MARKS = {
    "covered": ("#74a9d8", "circle"),
    "beyond": ("#9c2a00", "circle"),
    "edge": ("#7a54ac", "diamond"),
    "unsnapped": ("#1a1a1a", "triangle"),
    "outside": ("#bdbdbd", "square"),
}
"""Colour and shape of a home by status: blue and rust for colour-blind eyes, light and dark for paper."""

GAP_COLOUR = "#c2410c"
SNAP_COLOUR = "#ffd23f"
PLAIN_COLOUR = "#f6f4ef"
NAMESPACE = uuid.UUID("6f0a7c52-3d0f-5a0e-9c57-1b0f6a2d7c11")


@dataclass(frozen=True)
class Rule:
    """One entry of a legend: what it is called, which rows it draws, how; or a group of such rules."""

    label: str
    filter: str = ""
    colour: str = ""
    size_mm: float = 0.3
    alpha: float = 1.0
    glyph: str = "circle"
    rules: tuple[Rule, ...] = ()
    shown: bool = True


def qml(shape: Shape, rules: Sequence[Rule]) -> str:
    """A QGIS style that draws rows by rules, the later ones on top."""
    root = ET.Element("qgis", version="3.16.0", styleCategories="Symbology")
    renderer = ET.SubElement(
        root, "renderer-v2", type="RuleRenderer", symbollevels="1", forceraster="0", enableorderby="0"
    )
    top = ET.SubElement(renderer, "rules", key=_key("root"))
    symbols = ET.SubElement(renderer, "symbols")
    for place, rule in enumerate(rules):
        _add_rule(top, symbols, shape, rule, f"{place}")
    ET.indent(root, " ")
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(root, encoding="unicode")


def quoted(name: str) -> str:
    """A column's name in a QGIS expression."""
    return '"' + name.replace('"', '""') + '"'


def _add_rule(parent: ET.Element, symbols: ET.Element, shape: Shape, rule: Rule, place: str) -> None:
    element = ET.SubElement(parent, "rule", key=_key(place), label=rule.label, checkstate="1" if rule.shown else "0")
    if rule.filter:
        element.set("filter", rule.filter)
    if rule.colour:
        number = len(symbols)
        element.set("symbol", str(number))
        _add_symbol(symbols, shape, rule, number)
    for at, child in enumerate(rule.rules):
        _add_rule(element, symbols, shape, child, f"{place}.{at}")


def _add_symbol(symbols: ET.Element, shape: Shape, rule: Rule, number: int) -> None:
    symbol = ET.SubElement(
        symbols,
        "symbol",
        type=shape,
        name=str(number),
        alpha=f"{rule.alpha:g}",
        clip_to_extent="1",
        force_rhr="0",
    )
    kind = {"fill": "SimpleFill", "line": "SimpleLine", "marker": "SimpleMarker"}[shape]
    layer = ET.SubElement(symbol, "layer", {"class": kind, "enabled": "1", "locked": "0", "pass": str(number)})
    for key, value in _properties(shape, rule).items():
        ET.SubElement(layer, "prop", k=key, v=value)  # older and newer versions of QGIS read this form


def _properties(shape: Shape, rule: Rule) -> dict[str, str]:
    if shape == "line":
        return {
            "line_color": _rgba(rule.colour),
            "line_style": "solid",
            "line_width": f"{rule.size_mm:g}",
            "line_width_unit": "MM",
            "capstyle": "round",
            "joinstyle": "round",
        }
    edge = {"outline_color": _rgba("#ffffff"), "outline_style": "solid", "outline_width_unit": "MM"}
    if shape == "marker":
        size = {"name": rule.glyph, "size": f"{rule.size_mm:g}", "size_unit": "MM", "outline_width": "0.1"}
        return {"color": _rgba(rule.colour), **size, **edge}
    edge["outline_color"] = _rgba("#5d6b78")
    return {"color": _rgba(rule.colour), "style": "solid", "outline_width": f"{rule.size_mm:g}", **edge}


def _rgba(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue},255"


def _key(place: str) -> str:
    return "{" + str(uuid.uuid5(NAMESPACE, place)) + "}"
