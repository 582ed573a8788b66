"""The results as a page section: the same text is printed and written into docs/performance.md."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.bars import Row, Verdict
from bench.scenarios import Scenario

BEGIN = "<!-- begin: written by `make bench` -->"
END = "<!-- end: written by `make bench` -->"
HEADINGS = ("figure", "unit", "nginx", "gateway", "× nginx", "bar", "goal", "")
NONE = "–"


@dataclass(frozen=True)
class Facts:
    """What a reader must know about the run to make use of its figures."""

    date: str
    cores: int
    processor: str
    python: str
    nginx: str | None
    repetitions: int
    seconds: float
    foreign: Sequence[float]

    def sentence(self) -> str:
        """All of it in one paragraph."""
        nginx = f"nginx {self.nginx}" if self.nginx else "no nginx, so no ratio"
        busy = statistics.median(self.foreign) if self.foreign else 0.0
        return (
            f"Taken on {self.date} · {self.cores} cores of {self.processor} · Python {self.python} · {nginx} · "
            f"{self.repetitions} times {self.seconds:g} s · "
            f"other programs kept {busy:.2f} cores busy meanwhile."
        )


def number(value: float | None) -> str:
    """Three digits that matter, whole thousands in full."""
    if value is None:
        return NONE
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def limit(row: Row, value: float | None) -> str:
    """A bar or a goal, with its direction."""
    return NONE if value is None else f"{'≥' if row.at_least else '≤'} {number(value)}"


def outcome(verdict: Verdict) -> str:
    """What the last column says."""
    if verdict.row.bar is not None:
        return {True: "pass", False: "**FAIL**", None: "not judged"}[verdict.meets(verdict.row.bar)]
    return {True: "goal met", False: "goal not met", None: ""}[verdict.meets(verdict.row.goal)]


def cells(verdict: Verdict) -> tuple[str, ...]:
    """One line of the table."""
    row = verdict.row
    figures = (number(verdict.nginx), number(verdict.gateway), number(verdict.ratio))
    return (row.label, row.unit, *figures, limit(row, row.bar), limit(row, row.goal), outcome(verdict))


def table(lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table that is also readable as plain text; numbers stand to the right."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    right = range(2, len(lines[0]) - 1)
    rule = ["-" * (width - 1) + ":" if i in right else "-" * width for i, width in enumerate(widths)]
    padded = [
        [cell.rjust(widths[i]) if i in right else cell.ljust(widths[i]) for i, cell in enumerate(line)]
        for line in (lines[0], rule, *lines[1:])
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in padded)


def render(facts: Facts, verdicts: Sequence[Verdict], scenarios: Sequence[Scenario]) -> str:
    """The whole section."""
    how = "\n".join(f"- **{scenario.name}**: {scenario.what}." for scenario in scenarios)
    lines = table([HEADINGS, *(cells(verdict) for verdict in verdicts)])
    return f"{facts.sentence()}\n\n{lines}\n\nHow each was taken:\n\n{how}"


def write_section(document: Path, section: str, markers: tuple[str, str] = (BEGIN, END)) -> None:
    """Put the section between its markers and leave the rest of the page alone."""
    before, begin, rest = document.read_text().partition(markers[0])
    _, end, after = rest.partition(markers[1])
    if not begin or not end:
        raise ValueError(f"{document.name} has lost its markers")
    document.write_text(f"{before}{begin}\n\n{section}\n\n{end}{after}")
