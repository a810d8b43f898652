"""Where services for the elderly are missing: stations, demonstration centres, villages, beds, homes, partners."""

from civicreach.measures.elder.analysis import elder_gaps

__all__ = ["elder_gaps"]
