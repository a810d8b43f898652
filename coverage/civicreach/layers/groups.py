"""What groups of demand are called, in English and Chinese."""

from __future__ import annotations

import re

from civicreach.study import DemandSpec

Pair = tuple[str, str]
"""English and Chinese."""

GROUPS: dict[str, Pair] = {
    "people": ("residents", "居民"),
    "elderly": ("residents aged 60 and over", "60岁及以上老年人"),
    "elderly_80": ("residents aged 80 and over", "80岁及以上老年人"),
    "households": ("households", "住户"),
}


def group_words(spec: DemandSpec, group: str) -> Pair:
    """Who or what a group is: the study's own label, the weight's note where amounts aren't people, or the usual word.

    A weight is never called residents, whatever the group's name; of a longer note its first clause names it.
    """
    english, chinese = GROUPS.get(group, (group, group))
    if spec.weight_note:
        english = chinese = re.split("[,，;；。]", spec.weight_note, maxsplit=1)[0].strip()
    return spec.labels_en.get(group, english), spec.labels.get(group, chinese)
