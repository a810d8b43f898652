"""Small OpenStreetMap files, written by hand."""

from xml.sax.saxutils import quoteattr


def node(ref, lon, lat, **tags):
    return f'<node id="{ref}" lon="{lon}" lat="{lat}" version="1">{tag_lines(tags)}</node>'


def way(ref, refs, **tags):
    nodes = "".join(f'<nd ref="{i}"/>' for i in refs)
    return f'<way id="{ref}" version="1">{nodes}{tag_lines(tags)}</way>'


def multipolygon(ref, outer, **tags):
    members = "".join(f'<member type="way" ref="{i}" role="outer"/>' for i in outer)
    return f'<relation id="{ref}" version="1">{members}{tag_lines({"type": "multipolygon", **tags})}</relation>'


def square(ref, lon, lat, size_m=20.0, **tags):
    """A closed way with nodes `ref`0 to `ref`3, its south-west corner at a place, in latitude 30.6 or so."""
    east, north = size_m / 95_800, size_m / 110_900
    corners = [(lon, lat), (lon + east, lat), (lon + east, lat + north), (lon, lat + north)]
    nodes = "".join(node(10 * ref + i, *corner) for i, corner in enumerate(corners))
    return nodes + way(ref, [10 * ref, 10 * ref + 1, 10 * ref + 2, 10 * ref + 3, 10 * ref], **tags)


def tag_lines(tags):
    """Keyword arguments can't hold colons: two underscores stand for one."""
    return "".join(f"<tag k={quoteattr(k.replace('__', ':'))} v={quoteattr(v)}/>" for k, v in tags.items())


def osm_file(tmp_path, *entities, name="town.osm", generator="hand"):
    """A file with the entities in the order in which OpenStreetMap sorts them: nodes, ways, relations."""
    text = "".join(entities)
    path = tmp_path / name
    path.write_text(f'<osm version="0.6" generator="{generator}">{text}</osm>', encoding="utf-8")
    return path
