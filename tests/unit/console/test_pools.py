"""A pool of keys as a picture."""

from __future__ import annotations

import pytest

from gemini_balance.console.pools import Comeback, Pool, draw_pool, look_at
from gemini_balance.core.call import GEMINI_API
from gemini_balance.core.outcome import Cause
from gemini_balance.core.pool import KeyId, KeyPool, KeySpec

pytestmark = pytest.mark.anyio
NOW = 1_000_000.0


def _pool(count: int) -> KeyPool:
    return KeyPool([KeySpec(KeyId(f"k{n}"), f"AIzaSim-{n:04}") for n in range(count)], 3, lambda: 0.5)


async def _drawn(pool: KeyPool) -> Pool:
    return draw_pool(GEMINI_API, pool, await look_at(pool.keys.values(), NOW), NOW)


def _rest(pool: KeyPool, name: str, seconds: float) -> None:
    pool.keys[KeyId(name)].cool(NOW + seconds, Cause.KEY_REFUSED)


async def test_a_rest_that_is_over_is_no_rest() -> None:
    pool = _pool(2)
    _rest(pool, "k0", 10)
    _rest(pool, "k1", -1)
    assert [(cell.state.name, cell.until) for cell in (await _drawn(pool)).cells] == [
        ("ready", 0.0),
        ("resting", NOW + 10),
    ]


async def test_a_pool_is_drawn_key_by_key_those_that_serve_first() -> None:
    pool = _pool(3)
    _rest(pool, "k0", 30)
    pool.keys[KeyId("k1")].retire(Cause.KEY_DEAD)
    drawn = await _drawn(pool)
    cells = [(cell.state.name, cell.tail, cell.until, cell.reason, cell.address) for cell in drawn.cells]
    assert cells == [
        ("ready", "0002", 0.0, "", "/console/keys/k2"),
        ("resting", "0000", NOW + 30, "reason.key_refused", "/console/keys/k0"),
        ("invalid", "0001", 0.0, "reason.key_dead", "/console/keys/k1"),
    ]
    assert (drawn.total, drawn.comeback) == (3, Comeback((100.0,), NOW + 30, NOW + 30))


async def test_ten_thousand_keys_are_drawn_as_shares_and_none_is_too_small_to_be_seen() -> None:
    pool = _pool(10_000)
    _rest(pool, "k0", 30)
    drawn = await _drawn(pool)
    assert drawn.cells == ()
    assert [(share.state.name, share.count) for share in drawn.shares] == [("ready", 9999), ("resting", 1)]
    assert all(share.width >= 0.3 for share in drawn.shares)
    assert drawn.shares[-1].begin + drawn.shares[-1].width <= 101
