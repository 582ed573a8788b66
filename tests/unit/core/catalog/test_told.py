"""The operator's limits."""

from gemini_balance.core.catalog.told import told_limits
from gemini_balance.core.options import Quota
from gemini_balance.core.pool.windows import Limits


def test_limits_are_for_all_projects_or_for_one() -> None:
    quotas = (("m", Quota(rpm=5)), ("p/m", Quota(tpm=7, rpd=9)), ("p/n", Quota(rpm=1)))
    assert told_limits(quotas) == {
        "m": {"*": Limits(rpm=5), "p": Limits(tpm=7, rpd=9)},
        "n": {"p": Limits(rpm=1)},
    }
