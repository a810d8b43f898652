"""Office files with the same bytes for the same content: what they say of the clock is fixed."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

FIXED_TIME = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - office files know no time zones
"""Stands for every time inside a file: equal results are equal files."""

STAMPS = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def with_fixed_times(raw: bytes) -> bytes:
    """An office file with FIXED_TIME for its parts and its properties, instead of the clock."""
    fixed = io.BytesIO()
    stamp = f"{FIXED_TIME:%Y-%m-%dT%H:%M:%SZ}".encode()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = STAMPS.sub(rb"\g<1>" + stamp, content)
            kind = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            new.writestr(zipfile.ZipInfo(name, FIXED_TIME.timetuple()[:6]), content, kind)
    return fixed.getvalue()
