"""Whether the service circle is complete: which of the required services each home and community has."""

from civicreach.measures.circle.analysis import circle_completeness
from civicreach.measures.circle.completeness import completeness
from civicreach.measures.circle.rings import ring_reached

__all__ = ["circle_completeness", "completeness", "ring_reached"]
