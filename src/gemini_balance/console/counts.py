"""How many calls there were of those that are looked for, as a chart with its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.console.figures import Drawn
from gemini_balance.console.shapes import Chart, Series

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from gemini_balance.console.words import Words
    from gemini_balance.gateway.counting import Counted


def drawn(t: Words, counted: Counted, shown: Sequence[float], *, all_found: bool) -> Drawn | None:
    """`shown`: when the calls in the list began; `all_found`: are these all that fit? None where there was no call."""
    points = counted.points
    if not counted.count:
        return None
    errors = [point.errors for point in points]
    whole = [point.count - point.errors for point in points]
    top = max(points, key=lambda point: point.count)
    series = [
        Series(t("overview.whole_name").unescape(), "accent-pale", whole),
        Series(t("overview.failed_name").unescape(), "bad-fill", errors),
    ]
    text = t(
        "calls.counted_attempts" if counted.attempts else "overview.calls_text",
        count=counted.count,
        failed=counted.errors,
        most=top.count,
        time=t.plain_moment(top.at),
    )
    chart = Chart([point.at for point in points], series, bars=True, low=True)
    return Drawn(_title(t, counted, shown, all_found=all_found), _about(t, counted), chart, text)


def _title(t: Words, counted: Counted, shown: Sequence[float], *, all_found: bool) -> Markup:
    """Calls count when they end, and are listed by when they began: some more may be in the list."""
    listed = sum(counted.since <= at < counted.until for at in shown)
    if counted.attempts:
        return t("calls.counted_key", count=counted.count)
    if not listed or (all_found and listed >= counted.count):
        return t("calls.counted", count=max(counted.count, listed))
    return t("calls.counted_of" if all_found else "calls.counted_shown", shown=listed, count=max(counted.count, listed))


def _about(t: Words, counted: Counted) -> Markup:
    last = counted.until > t.now
    message = "calls.counted_since" if last else "calls.counted_from_to"
    span = t.duration(counted.step)
    return t(message, since=t.moment(counted.since), until=t.moment(counted.until), span=span)
