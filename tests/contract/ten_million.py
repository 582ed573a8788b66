"""A journal of thirty busy days, made by the database itself because nobody has the time to write it call by call."""

from __future__ import annotations

import random
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, text

from gemini_balance.core.histogram import pack, unit
from gemini_balance.gateway.calls import MILLISECOND
from gemini_balance.storage.engine import sync_engine
from gemini_balance.storage.migrate import JOURNAL_CHAIN, migrate

if TYPE_CHECKING:
    from sqlalchemy import URL

DAYS = 30
DAY = 86_400_000  # milliseconds
FAILED_SHARE = 4  # of a hundred
SAMPLED = 400  # durations of a histogram, however many it stands for
PACE = "PRAGMA synchronous = OFF", "PRAGMA cache_size = -400000", "PRAGMA temp_store = MEMORY"
CALLS = f"""
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count),
d AS MATERIALIZED (SELECT i, :first + i * :step AS ms, abs(random()) AS r, abs(random()) AS s, abs(random()) AS t
FROM n)
INSERT INTO calls SELECT
  ms * {MILLISECOND} + 1, printf('%011x%05xabcdef', ms, i % 1048576), '198.51.100.' || (r % 200),
  printf('%016x', (r % 40) * (s % 40) / 40), 'openai', CASE s % 3 WHEN 0 THEN 'generateContent'
  ELSE 'streamGenerateContent' END, '', 'gemini-model-' || ((r % 12) * (t % 12) / 12), 'key-00000000' || (t % 300),
  CASE WHEN r % 100 >= {FAILED_SHARE} THEN 200 WHEN s % 3 = 0 THEN 502 WHEN s % 3 = 1 THEN 429 ELSE 400 END,
  r % 100 < {FAILED_SHARE}, CASE WHEN r % 100 >= {FAILED_SHARE} THEN 'whole' WHEN s % 3 = 0 THEN 'upstream_error'
  WHEN s % 3 = 1 THEN 'rate_limit_exceeded' ELSE 'invalid_request' END, CASE WHEN r % 100 >= {FAILED_SHARE}
  THEN 'answered' WHEN s % 3 = 0 THEN 'unreachable' WHEN s % 3 = 1 THEN 'quota_day' ELSE 'bad_request' END, 'STOP',
  r % 20000, t % 2000, 0, r % 8000, 0, 0, s % 2000, t % 500, r % 8000 + s % 2000 + t % 500,
  '[[["key-0123456789","answered",200,1.234,"most room",0.0]],[]]'
FROM d
"""
DETAILS = """
INSERT INTO details SELECT id, 'POST', '/hf/v1/chat/completions', 'The quota for ' || model_used ||
' is spent on every key of this gateway, or Google could not be reached.', NULL
FROM calls WHERE trouble > 0 AND id >= :since
"""
SUMS = """
INSERT INTO {table} SELECT (id / {millisecond} + latency) / 1000 / {span} * {span} AS spanned, {names} status, 1, 1,
count(*) AS counted, sum(trouble = 1), sum(prompt), 0, 0, sum(output), sum(thoughts), sum(total), spread(count(*)),
spread(count(*)) FROM calls WHERE id >= :since GROUP BY spanned, {names} status
"""
AGAIN = """
INSERT INTO {table} SELECT at / {span} * {span} AS spanned, {names} status, 1, 1, sum(count), sum(errors), sum(prompt),
0, 0, sum(output), sum(thoughts), sum(total), spread(sum(count)), spread(sum(count)) FROM token_hours
GROUP BY spanned, {names} status
"""
COUNTED_ANEW = (
    ("minutes", 60, 2, ("model_used",)),
    ("token_hours", 3600, DAYS, ("token", "model_used")),
    ("key_days", 86_400, DAYS, ("key", "model_used")),
)
ADDED_UP = (("hours", 3600, ("model",)), ("days", 86_400, ("model",)), ("token_days", 86_400, ("token", "model")))


def build(url: URL, count: int, now: float) -> None:
    """`count` calls of the last thirty days, and their sums."""
    migrate(url, JOURNAL_CHAIN)
    engine = sync_engine(url)
    event.listen(engine, "connect", _prepare)
    last = int(now * 1000)
    with engine.begin() as connection:
        step = DAYS * DAY // count
        connection.execute(text(CALLS), {"count": count, "first": last - count * step, "step": step})
        connection.execute(text(DETAILS), {"since": (last - 7 * DAY) * MILLISECOND})
        for table, span, days, names in COUNTED_ANEW:
            since = {"since": (last - days * DAY) * MILLISECOND}
            connection.execute(text(_said(SUMS, table, span, names)), since)
        for table, span, names in ADDED_UP:
            connection.execute(text(_said(AGAIN, table, span, names)))
    engine.dispose()


def _said(statement: str, table: str, span: int, names: tuple[str, ...]) -> str:
    listed = "".join(f"{name}, " for name in names)
    return statement.format(table=table, span=span, names=listed, millisecond=MILLISECOND)


def _prepare(connection: Any, _record: object) -> None:
    for pragma in PACE:
        connection.execute(pragma)
    connection.create_function("spread", 1, spread, deterministic=True)


def spread(count: int) -> bytes:
    """A histogram of that many answers, between a third of a second and a minute mostly."""
    return _spread(min(count, SAMPLED))


@cache
def _spread(count: int) -> bytes:
    dice = random.Random(count)
    return pack(sum(unit(dice.lognormvariate(1.0, 1.0)) for _ in range(count)))
