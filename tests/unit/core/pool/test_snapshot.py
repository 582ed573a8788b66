"""What of the pool is written down."""

from gemini_balance.core.pool import Demand, KeyId, KeyPool, KeySpec, Lease

PASTED = "AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY"


def test_a_key_that_a_caller_pasted_where_a_models_name_belongs_is_not_written_down() -> None:
    pool = KeyPool([KeySpec(KeyId("a"), "secret")])
    for model in ("gemini-2.5-flash", PASTED):
        assert isinstance(pool.acquire(0.0, Demand(model)), Lease)
    saved = pool.snapshot(1.0)
    assert (b"gemini-2.5-flash" in saved, PASTED.encode() in saved) == (True, False)
