"""folium without any host: Leaflet from XStatic-Leaflet written into the page, and nothing else."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import folium
from branca.element import Figure
from folium.template import Template

from civicreach.errors import MissingSoftwareError

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "connect-src 'none'; base-uri 'none'; form-action 'none'"
)
"""What the browser lets the page do: run what stands in it, show pictures that stand in it, ask nobody for anything."""


def policy_with(hosts: Sequence[str]) -> str:
    """The same, with pictures from hosts.

    >>> policy_with(["https://tile.example"]).split("; ")[3]
    'img-src data: blob: https://tile.example'
    """
    return POLICY.replace("img-src data: blob:", " ".join(["img-src data: blob:", *hosts]))


def leaflet_folder() -> Path:
    """The folder of Leaflet's own files, from XStatic-Leaflet.

    Raises MissingSoftwareError where the package is absent or incomplete.
    """
    try:
        from xstatic.pkg import leaflet
    except ImportError as error:
        raise MissingSoftwareError("XStatic-Leaflet is missing: pip install 'XStatic-Leaflet>=1.9.3,<1.10'") from error
    folder = Path(str(leaflet.BASE_DIR))
    if not (folder / "leaflet.js").is_file():
        raise MissingSoftwareError(f"XStatic-Leaflet has no leaflet.js in {folder}: install it again")
    return folder


@cache
def leaflet_js() -> str:
    """Leaflet's script, without the line that makes developer tools ask for its source map."""
    text = (leaflet_folder() / "leaflet.js").read_text(encoding="utf-8")
    return re.sub(r"^//# sourceMappingURL=.*$", "", text, flags=re.MULTILINE).rstrip() + "\n"


@cache
def leaflet_css() -> str:
    """Leaflet's style sheet with its pictures inside; rules for Internet Explorer's VML are left out."""
    folder = leaflet_folder()
    text = (folder / "leaflet.css").read_text(encoding="utf-8")
    text = re.sub(r"behavior:\s*url\([^)]*\);?", "", text)

    def inline(found: re.Match[str]) -> str:
        picture = base64.b64encode((folder / found.group(1)).read_bytes()).decode("ascii")
        return f"url(data:image/png;base64,{picture})"

    return re.sub(r"url\(([\w/.-]+\.png)\)", inline, text)


class OfflineFigure(Figure):
    """An HTML document with a language, a title that is only text, and a policy that forbids requests."""

    _template = Template(
        "<!DOCTYPE html>\n"
        '<html lang="{{ this.lang|e }}">\n'
        "<head>\n"
        '<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="{{ this.policy|e }}">\n'
        '<meta name="referrer" content="{{ this.referrer|e }}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>{{ this.title|e }}</title>\n"
        "{{ this.header.render(**kwargs) }}\n"
        "</head>\n"
        "<body>\n"
        "{{ this.html.render(**kwargs) }}\n"
        "<script>\n"
        "{{ this.script.render(**kwargs) }}\n"
        "</script>\n"
        "</body>\n"
        "</html>\n"
    )

    def __init__(self, title: str, lang: str, picture_hosts: Sequence[str] = ()) -> None:
        super().__init__(height="720px", title=title)
        self.lang = lang
        self.policy = policy_with(picture_hosts)
        self.referrer = "strict-origin-when-cross-origin" if picture_hosts else "no-referrer"


class OfflineMap(folium.Map):
    """A folium map that asks no host for anything: no tiles, no scripts, no styles, no fonts from outside.

    Only where `picture_hosts` are named may pictures come from them.
    Shapes can be added to it as to any folium map; what needs jQuery, Bootstrap or icon fonts can't.
    """

    _template = Template(
        """
        {% macro header(this, kwargs) %}
        <style>{{ this.leaflet_css }}</style>
        <style>
        html, body { width: 100%; height: 100%; margin: 0; padding: 0; }
        #{{ this.get_name() }} {
            position: {{ this.position }};
            width: {{ this.width[0] }}{{ this.width[1] }};
            height: {{ this.height[0] }}{{ this.height[1] }};
        }
        .leaflet-container { font-size: {{ this.font_size }}; }
        </style>
        <script>{{ this.leaflet_js }}</script>
        {% endmacro %}

        {% macro html(this, kwargs) %}
        <div class="folium-map" id={{ this.get_name()|tojson }}></div>
        {% endmacro %}

        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
            center: {{ this.location|tojson }},
            crs: L.CRS.{{ this.crs }},
            ...{{ this.options|tojavascript }}
        });
        {%- if this.objects_to_stay_in_front %}
        (function (map) {
            function inFront() {
                {%- for thing in this.objects_to_stay_in_front %}
                {{ thing.get_name() }}.bringToFront();
                {%- endfor %}
            }
            map.on("overlayadd", inFront);
            map.whenReady(function () { setTimeout(inFront); });
        })({{ this.get_name() }});
        {%- endif %}
        {% endmacro %}
        """
    )

    def __init__(self, *, title: str, lang: str, picture_hosts: Sequence[str] = (), **options: Any) -> None:
        super().__init__(tiles=None, **options)
        self.default_js = []
        self.default_css = []
        # The same study gives the same bytes, so no name in the page may come from chance.
        self._id = "civicreach"
        self.leaflet_css = leaflet_css()
        self.leaflet_js = leaflet_js()
        OfflineFigure(title, lang, picture_hosts).add_child(self, name="map")
