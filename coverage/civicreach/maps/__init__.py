"""Pages and maps that people open: one file, no request to any host."""

from civicreach.maps.web import draw_map, map_html

__all__ = ["draw_map", "map_html"]
