"""Which figures, layers and lists of an analysis speak of which of its topics, as the page holds it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from civicreach.measures.analysis import Analysis, Topic, places_of


def topic_parts(topic: Topic, analysis: Analysis, layers: Sequence[dict[str, Any]]) -> dict[str, list[int]]:
    """Positions of a topic's own `figures`, `lists` and `layers`, the first one first, and of layers that are on.

    At first the first layer of each kind of geometry is on, unless it would hide everything else: of the topic's own
    ones, else of those that no topic names. `layers` are the analysis' own as `layer_entries` makes them.
    """
    ids = [layer["id"] for layer in layers]
    common = set(range(len(ids)))
    for other in analysis.topics:
        common -= set(places_of(other.layers, ids))
    on: dict[str, int] = {}
    for at in sorted(places_of(topic.layers, ids) if topic.layers else common):
        if not layers[at]["heavy"]:
            on.setdefault(layers[at]["kind"], at)
    return {
        "figures": places_of(topic.figures, [figure.id for figure in analysis.figures]),
        "lists": places_of(topic.listings, [listing.id for listing in analysis.listings]),
        "layers": places_of(topic.layers, ids),
        "layers_on": list(on.values()),
    }
