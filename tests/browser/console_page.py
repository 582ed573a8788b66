"""The figures of docs/console.md and docs/console.zh.md: a table between two marks, written by `make prove`."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = {
    ROOT / "docs" / "console.md": "| Page | On the server | The loop is held | Usable in the browser |",
    ROOT / "docs" / "console.zh.md": "| 页面 | 服务器用时 | 事件循环被占用 | 浏览器可用 |",
}
BEGIN, END = "<!-- speed -->", "<!-- /speed -->"


def record(measured: dict[str, tuple[float, float, float]]) -> None:
    """Write what was measured, by address, in milliseconds, into both pages."""
    rows = [
        f"| `{path}` | {server:.0f} ms | {held:.0f} ms | {usable:.0f} ms |"
        for path, (server, held, usable) in measured.items()
    ]
    for page, head in PAGES.items():
        before, rest = page.read_text().split(BEGIN)
        after = rest.split(END)[1]
        page.write_text("\n".join((before + BEGIN, head, "|---|---|---|---|", *rows, END + after)))
