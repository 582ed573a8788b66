"""Where the bench finds and leaves things."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = Path(__file__).resolve().parent / "native"
BUILD = Path(__file__).resolve().parent / "build"  # ignored by git
DOCUMENT = ROOT / "docs" / "performance.md"
RESULTS = BUILD / "results.json"
