"""The operator's limits, in the form the pool looks them up."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from gemini_balance.core.pool.lane import EVERYONE
from gemini_balance.core.pool.windows import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.core.options import Quotas


def told_limits(quotas: Quotas) -> Mapping[str, Mapping[str, Limits]]:
    """By model, then by project; a name without a project is for all of them."""
    told: defaultdict[str, dict[str, Limits]] = defaultdict(dict)
    for name, quota in quotas:
        project, _, model = name.rpartition("/")
        told[model][project or EVERYONE] = Limits(rpm=quota.rpm, tpm=quota.tpm, rpd=quota.rpd)
    return dict(told)
