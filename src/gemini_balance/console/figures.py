"""How it goes, as tiles and charts with their words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.console.shapes import Chart, Series, spark
from gemini_balance.gateway.trends import GRIDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markupsafe import Markup

    from gemini_balance.console.shapes import Spark
    from gemini_balance.console.words import Words
    from gemini_balance.gateway.trends import Durations, Point, Trend

NOTHING = "–"
SWATCHES = {"accent-fill": "", "accent-pale": "pale", "bad-fill": "bad", "wait-fill": "wait"}
LAST = {"1h": "overview.last_1h", "24h": "overview.last_24h", "7d": "overview.last_7d"}


@dataclass(frozen=True, slots=True)
class Tile:
    """One number, and how it came about."""

    name: Markup
    value: str
    note: Markup | str
    line: Spark | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart under its title. `text` says in words what it shows, `about` what its lines are."""

    title: Markup
    about: Markup
    chart: Chart
    text: Markup

    @property
    def legend(self) -> list[tuple[str, str]]:
        """What each colour of a bar stands for: a class, and a name."""
        return [(SWATCHES[one.tone], one.name) for one in self.chart.series] if self.chart.bars else []


@dataclass(frozen=True, slots=True)
class Figures:
    """`charts`: none where there was no call."""

    label: Markup
    tiles: tuple[Tile, ...]
    charts: tuple[Drawn, ...]


def figures(t: Words, trend: Trend) -> Figures:
    drawn = (_calls(t, trend), _first_byte(t, trend), _total(t, trend), _tokens(t, trend))
    return Figures(t(LAST[trend.range]), _tiles(t, trend), drawn if trend.all.sums.count else ())


def _tiles(t: Words, trend: Trend) -> tuple[Tile, ...]:
    sums, usage = trend.all.sums, trend.all.sums.usage
    share = t.percent(1 - sums.errors / sums.count) if sums.count else NOTHING
    used = t(
        "overview.tokens_note",
        prompt=t.compact(usage.prompt + usage.tool_use),
        output=t.compact(usage.output),
        thoughts=t.compact(usage.thoughts),
    )

    def line(of: Callable[[Point], float | None]) -> Spark | None:
        told = (of(point) for point in trend.points)
        return spark([value for value in told if value is not None]) if sums.count else None

    return (
        Tile(t("overview.calls"), t.number(sums.count), _pace(t, trend), line(lambda point: point.sums.count)),
        Tile(t("overview.whole"), share, t("overview.failed", count=sums.errors), line(_whole)),
        _duration(t, t("overview.first_byte"), trend.all.first_byte, line(lambda point: point.first_byte.half)),
        _duration(t, t("overview.total"), trend.all.total, line(lambda point: point.total.half)),
        Tile(t("overview.tokens"), t.compact(usage.total), used, line(lambda point: point.sums.usage.total)),
    )


def _pace(t: Words, trend: Trend) -> Markup:
    pace = trend.per_minute
    return t("overview.pace", pace=round(pace, 1) if 0 < pace < 10 else round(pace))


def _whole(point: Point) -> float | None:
    return 1 - point.sums.errors / point.sums.count if point.sums.count else None


def _duration(t: Words, name: Markup, told: Durations, line: Spark | None) -> Tile:
    if told.half is None or told.most is None:
        return Tile(name, NOTHING, "", None)
    return Tile(name, t.duration(_shown(told.half)), t("overview.slowest", time=t.duration(_shown(told.most))), line)


def _shown(seconds: float) -> float:
    """They are right to 6 %: a third digit would lie."""
    return float(f"{seconds:.2g}")


def _calls(t: Words, trend: Trend) -> Drawn:
    points = trend.points
    counts = [point.sums.count for point in points]
    errors = [point.sums.errors for point in points]
    whole = Series(
        t("overview.whole_name").unescape(), "accent-pale", [a - b for a, b in zip(counts, errors, strict=True)]
    )
    top = max(range(len(counts)), key=counts.__getitem__)
    text = t("overview.calls_text", count=sum(counts), failed=sum(errors), most=counts[top], time=_when(t, points[top]))
    chart = Chart(_at(points), [whole, Series(t("overview.failed_name").unescape(), "bad-fill", errors)], bars=True)
    return Drawn(t("overview.calls"), t("overview.calls_about", span=_step(t, trend)), chart, text)


def _first_byte(t: Words, trend: Trend) -> Drawn:
    told = [point.first_byte for point in trend.points]
    return _lines(t, t("overview.first_byte"), trend, told, trend.all.first_byte)


def _total(t: Words, trend: Trend) -> Drawn:
    return _lines(t, t("overview.total"), trend, [point.total for point in trend.points], trend.all.total)


def _lines(t: Words, title: Markup, trend: Trend, told: Sequence[Durations], whole: Durations) -> Drawn:
    half = Series(t("overview.half").unescape(), "accent-fill", [_rounded(one.half) for one in told])
    most = Series(t("overview.most").unescape(), "text-3", [_rounded(one.most) for one in told], dashed=True)
    text = t("overview.lines_text", half=t.duration(_shown(whole.half or 0)), most=t.duration(_shown(whole.most or 0)))
    unit = t.duration(2).split("\u00a0")[-1]
    chart = Chart(_at(trend.points), [most, half], unit=unit, low=True)
    return Drawn(title, t("overview.lines_about"), chart, text)


def _tokens(t: Words, trend: Trend) -> Drawn:
    usage = [point.sums.usage for point in trend.points]
    series = [
        Series(t("overview.tokens_in").unescape(), "accent-pale", [one.prompt + one.tool_use for one in usage]),
        Series(t("overview.tokens_out").unescape(), "accent-fill", [one.output for one in usage]),
        Series(t("overview.tokens_thought").unescape(), "wait-fill", [one.thoughts for one in usage]),
    ]
    total = trend.all.sums.usage.total
    chart = Chart(_at(trend.points), series, bars=True, low=True)
    return Drawn(
        t("overview.tokens"),
        t("overview.calls_about", span=_step(t, trend)),
        chart,
        t("overview.tokens_text", total=t.compact(total)),
    )


def _at(points: Sequence[Point]) -> list[float]:
    return [point.at for point in points]


def _when(t: Words, point: Point) -> str:
    return t.plain_moment(point.at)


def _step(t: Words, trend: Trend) -> str:
    return t.duration(GRIDS[trend.range].step)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 2 if seconds < 10 else 1)
