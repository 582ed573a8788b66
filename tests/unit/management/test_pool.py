"""GET /pool."""

import pytest

from gemini_balance.core.pool import Demand, Lease
from tests.unit.core.pool.scene import GOOD
from tests.unit.management.stage import managed

pytestmark = pytest.mark.anyio
READY = {"ready": 2, "full": 0, "resting": 0, "probing": 0, "barred": 0, "invalid": 0, "disabled": 0}


async def test_a_pool_that_served_once_tells_what_is_left() -> None:
    gateway = managed(QUOTA_LIMITS='{"gemini-2.5-flash": {"rpm": 10, "tpm": 1000, "rpd": 100}}')
    pool, clock = gateway.app.door.gateway.pool, gateway.app.door.clock
    lease = pool.acquire(clock.now(), Demand("gemini-2.5-flash"))
    assert isinstance(lease, Lease)
    pool.settle(clock.now(), lease, GOOD)
    used = pool.lane("gemini-2.5-flash").ledgers[lease.key].tokens
    answer = await gateway.ask("GET", "/pool")
    (told,) = answer.json["items"]
    assert told["models"][0].pop("resets_at") > clock.now()
    assert told == {
        "upstream": "gemini_api",
        "keys": READY,
        "waiting": 0,
        "groups": [],
        "models": [
            {
                "model": "gemini-2.5-flash",
                "names": ["gemini-2.5-flash"],
                "paid": False,
                "projects": 2,
                "projects_with_limits": 2,
                "minute_requests": {"limit": 20, "used": 1, "left": 19},
                "minute_tokens": {"limit": 2000, "used": used, "left": 2000 - used},
                "day_requests": {"limit": 200, "used": 1, "left": 199},
                "day_tokens": {"limit": None, "used": used, "left": None},
                "keys": READY,
                "ready_at": None,
                "waiting": 0,
                "capacity": "open",
                "opens_at": None,
                "per_hour": None,
                "exhausted_at": None,
            }
        ],
    }
