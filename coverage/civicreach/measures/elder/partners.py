"""City homes that help rural ones (对口支援): told apart, and paired one to one so that all drives are least."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from civicreach.errors import Faults, Note
from civicreach.layers import Facilities
from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Listing
from civicreach.measures.elder.columns import flags_of, missing_column
from civicreach.measures.elder.pairs import Pairing, named_pairs, pairs_layers, pairs_listing
from civicreach.measures.elder.question import Part, Question, listed, said
from civicreach.measures.figure import Figure
from civicreach.measures.ground import EXISTING
from civicreach.measures.pairing import REASONS
from civicreach.measures.words import profile_words

CITY, RURAL = "city", "rural"
ONE_EACH = 1


@dataclass(frozen=True, eq=False)
class Sides:
    """City homes and rural homes, None where there is none, with the ids that all homes together have; `told` is how
    they were told apart and `neither` the homes that are on no side."""

    city: Facilities | None
    rural: Facilities | None
    neither: pd.Index
    told: Pair


def read_sides(question: Question, faults: Faults) -> Sides | None:
    """The two sides by service, by the flags of `partner_column`, or by the flag urban of the unit that a home stands
    in; None where nobody asks, or nothing tells homes apart. Flags that can't be read are noted in `faults`."""
    spec = question.spec
    if spec.partner_minutes is None and spec.regional_minutes is None:
        return None
    homes = question.ground.serving(spec.homes)
    if spec.partners:
        side = homes.frame["service"].map(dict.fromkeys(spec.partners, CITY) | dict.fromkeys(spec.partnered, RURAL))
        told = "by their service", "按服务类别"
    elif spec.partner_column is not None:
        found = _flagged(question, spec.partner_column, homes, faults)
        if found is None:
            return None
        side, told = found, (f"by the column {spec.partner_column}", f"按“{spec.partner_column}”列")
    elif (urban := question.urban) is not None:
        side = question.ground.unit_of(homes).map(urban.map({"urban": CITY, "rural": RURAL}))
        told = "by the flag urban of the unit that they stand in", "按所在单元的城乡标志"
    else:
        return None
    city, rural = (homes.only(side == one) if (side == one).any() else None for one in (CITY, RURAL))
    return Sides(city, rural, homes.ids[(~side.isin([CITY, RURAL])).to_numpy()], told)


def _flagged(question: Question, column: str, homes: Facilities, faults: Faults) -> pd.Series | None:
    """CITY, RURAL or None for each home; None where no file has the column."""
    layers = [question.ground.facilities[name] for name in question.spec.homes]
    if all(column not in layer.frame.columns for layer in layers):
        missing_column(faults, column, "elder.partner_column", layers)
        return None
    parts = []
    for layer in layers:
        frame = layer.frame[layer.frame["status"] == EXISTING]
        there = column in frame.columns
        blank = pd.Series(None, index=frame.index, dtype=object)
        parts.append(flags_of(frame[column], column, layer, faults) if there else blank)
    side: pd.Series = pd.concat(parts).set_axis(homes.ids).map({True: CITY, False: RURAL})
    return side


def partners_part(question: Question, sides: Sides | None) -> Part:
    """City homes paired with rural ones within `partner_minutes`, those left over and why, and lines between partners;
    nothing where nobody asks."""
    spec = question.spec
    if spec.partner_minutes is None:
        return Part()
    if sides is None:
        return _undivided()
    if sides.city is None or sides.rural is None:
        english, chinese = ("city home", "城市养老机构") if sides.city is None else ("rural home", "农村福利院")
        return Part.left_out(
            f"pairs of city and rural homes are left out: no home is a {english} ({sides.told[0]})",
            f"未评估对口支援：没有{chinese}（{sides.told[1]}）",
        )
    table, left = partner_pairs(question, sides.city, sides.rural, spec.partner_minutes)
    told = _told(question, sides)
    listings = [pairs_listing(told, table)]
    if len(left):
        listings.append(_left(question, left))
    layers = pairs_layers(told, table, sides.rural, sides.city)
    return Part(tuple(_figures(question, sides, table)), (), tuple(listings), layers, tuple(_notes(sides)))


def _undivided() -> Part:
    return Part.left_out(
        "city and rural homes can't be told apart: name partners and partnered or partner_column in [elder], or the "
        "column urban in [areas]",
        "无法区分城乡养老机构：请在 [elder] 指定 partners 与 partnered 或 partner_column，或在 [areas] 注明城乡",
    )


def partner_pairs(
    question: Question, city: Facilities, rural: Facilities, within_min: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rural homes as `named_pairs` finds them, driven to from the city homes, each of which helps one; and the city
    homes that help none, by their ids: `name`, `nearest`, `nearest_min` (the drive to it) and `reason`."""
    ground = question.ground
    network = ground.network(question.spec.partner_profile)
    table = named_pairs(
        rural, city, network, column="partner", within_min=within_min, capacity=ONE_EACH,
        max_snap_m=ground.max_snap_m, direction="from_facility",
    )  # fmt: skip
    back = named_pairs(
        city, rural, network, column="partner", within_min=within_min, capacity=ONE_EACH,
        max_snap_m=ground.max_snap_m, direction="to_facility",
    )  # fmt: skip
    left = back[~back.index.isin(table["partner_id"].dropna())].rename(columns={"centre": "name"})
    # of equally short pairings this one may have taken another: who has none within reach is the same in all
    free = np.where(left["reason"].isin(["", "full"]), "full", left["reason"])
    return table, left[["name", "nearest", "nearest_min"]].assign(reason=free)


def _told(question: Question, sides: Sides) -> Pairing:
    spec = question.spec
    pace, pace_zh = profile_words(question.study.profiles[spec.partner_profile])
    minutes = f"{spec.partner_minutes:g}"
    rule = (
        f"City and rural homes are told apart {sides.told[0]}. One city home for one rural home, within {minutes} min "
        f"from the city home along the network ({pace}): as many pairs as possible, then the shortest drives in all. "
        "Rural homes without a partner come first, the farthest from any city home first."
    )
    rule_zh = (
        f"城市与农村养老机构{sides.told[1]}区分。一对一结对，自城市机构沿路网{minutes}分钟内（{pace_zh}）；先使结对数最多，"
        "再使总行程时间最短。未结对的农村福利院在前，离城市机构最远者在前。"
    )
    return Pairing(
        "elder_partners",
        ("Rural homes and the city homes that help them", "城乡养老机构对口支援"),
        column="partner",
        centre=("Rural home", "农村福利院"),
        partner=("City home", "对口支援机构"),
        partner_id=("City home's id", "支援机构编号"),
        partner_min=("Minutes from the city home", "自支援机构行程（分钟）"),
        nearest=("Nearest city home, taken or not", "最近城市机构"),
        rule=(rule, rule_zh),
    )


def _left(question: Question, left: pd.DataFrame) -> Listing:
    fields = (
        Field("home_id", ("Id", "编号"), "text"),
        Field("name", ("City home", "城市养老机构"), "text"),
        Field("reason", ("Why it helps none", "未结对原因"), "text", words=LEFT),
        Field("nearest", ("Nearest rural home", "最近农村福利院"), "text"),
        Field("nearest_min", ("Minutes to it", "到该院行程（分钟）"), "minutes"),
    )
    rows = left.assign(home_id=left.index).sort_values("nearest_min", kind="stable")
    return Listing(
        "elder_partners_left",
        ("City homes that help none", "未结对的城市养老机构"),
        listed(rows, fields),
        fields,
        (
            f"Within {question.spec.partner_minutes:g} min; the nearest to a rural home first.",
            f"时限{question.spec.partner_minutes:g}分钟；离农村福利院最近者在前。",
        ),
    )


LEFT: dict[str, Pair] = {
    **REASONS,
    "full": ("every rural home within the limit has a partner or is better paired", "时限内农村福利院均已另行结对"),
}
"""Why a city home helps none."""


def _figures(question: Question, sides: Sides, table: pd.DataFrame) -> Iterator[Figure]:
    spec, minutes = question.spec, f"{question.spec.partner_minutes:g}"
    pairs, count = int((table["reason"] == "").sum()), len(table)
    pace, pace_zh = profile_words(question.study.profiles[spec.partner_profile])
    yield Figure.ratio(
        "elder.partnered_share", pairs, count,
        unit="share", denominator_name="rural homes", denominator_name_zh="农村福利院",
        label="Rural homes that a city home can help", label_zh="农村福利院对口支援结对率",
        definition=f"Share of the rural homes that can have a city home of their own within {minutes} min along the "
        f"network ({pace}); city and rural homes are told apart {sides.told[0]}; as many pairs as possible and, of "
        "those, the shortest drives in all.",
        definition_zh=f"自城市养老机构沿路网{minutes}分钟内（{pace_zh}）可一对一结对的农村福利院占比；城乡机构{sides.told[1]}区分，"
        "先使结对数最多，再使总行程时间最短。",
    )  # fmt: skip
    mean = float(table["assigned_min"].sum()) / pairs if pairs else None
    yield Figure(
        "elder.partner_mean_min", mean, "min", unit_zh="分钟", decimals=1,
        label="Mean drive between partners", label_zh="对口支援平均行程时间",
        definition=f"Mean time along the network ({pace}) from city homes to the {pairs:,} rural homes that they are "
        "paired with.",
        definition_zh=f"{pairs:,}对城市养老机构到农村福利院的平均路网时间（{pace_zh}）。",
    )  # fmt: skip


def _notes(sides: Sides) -> Iterator[Note]:
    if len(sides.neither):
        yield said(
            len(sides.neither), sides.neither,
            f"home is neither a city home nor a rural one {sides.told[0]}",
            f"homes are neither city homes nor rural ones {sides.told[0]}",
            f"处养老机构{sides.told[1]}既非城市也非农村机构，不参与对口支援",
        )  # fmt: skip
