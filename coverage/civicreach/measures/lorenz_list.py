"""Lorenz curves as a list: which share of a good the worst-served tenths of people hold together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Listing
from civicreach.measures.inequality import gini, lorenz

TENTHS = tuple(k / 10 for k in range(11))


class Shared(NamedTuple):
    """A good that is shared: its column, the header, what each has, and how many have that much (None: one each)."""

    name: str
    header: Pair
    values: pd.Series
    weights: pd.Series | None = None


def lorenz_listing(
    listing_id: str, title: Pair, goods: Iterable[Shared], *, who: Pair, header: Pair
) -> tuple[Listing, ...]:
    """One list with the curves of all goods, none where there is nothing to share.

    Column `share` (0, 0.1, ... 1) is that of people, or of whatever `who` says, in order of what they have, the least
    first; beside it stands what they hold of each good. People at the cut count in part.
    """
    there = [good for good in goods if np.isfinite(gini(good.values, good.weights))]
    if not there:
        return ()
    curves = {good.name: lorenz(good.values, good.weights, at=TENTHS)["value_share"] for good in there}
    frame = pd.DataFrame({"share": TENTHS, **curves})
    fields = (Field("share", header, "share"), *(Field(good.name, good.header, "share") for good in there))
    told = f"{who[0][:1].upper()}{who[0][1:]}"
    rule = (
        f"{told} in order of what each has, least first: how much of the whole the first 10 %, 20 % ... of them hold "
        "together; those at a cut count in part. Where all have the same, both shares are equal."
    )
    rule_zh = (
        f"{who[1]}按各自所得由少到多排序，前10%、20%……合计占有的份额；分界处按比例计入。"
        "完全均等时，所占份额与累计占比相等。"
    )
    if len(there) > 1:
        rule, rule_zh = f"{rule} Each column has an order of its own.", f"{rule_zh}各列分别排序。"
    return (Listing(listing_id, title, frame, fields, (rule, rule_zh)),)
