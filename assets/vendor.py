"""What the console serves of other people's, and where that lies."""

from __future__ import annotations

from pathlib import Path

VENDOR = Path(__file__).parents[1] / "src" / "gemini_balance" / "console" / "static" / "vendor"
FILES = {
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "htmx-sse.js": "htmx.org/dist/ext/hx-sse.min.js",
    "uplot.js": "uplot/dist/uPlot.iife.min.js",
    "uplot.css": "uplot/dist/uPlot.min.css",
    "htmx-license.txt": "htmx.org/LICENSE",
    "uplot-license.txt": "uplot/LICENSE",
}
"""Name here → file in node_modules."""


def missing() -> list[str]:
    return [name for name in FILES if not (VENDOR / name).is_file()]
