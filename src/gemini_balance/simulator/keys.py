"""Who calls: exactly one credential, and the naming scheme that says what becomes of a key.

AIzaSim-<project>-<n>            a working key of that project
AIzaSim-<project>-<n>-<flavour>  every call meets an error: a word of FLAVOURS or a name of errors.NAMED
AQ.Sim-…                         the same, in the shape of today's auth keys
"""

import hashlib
import re
from functools import lru_cache
from urllib.parse import parse_qsl

from msgspec import Struct

from gemini_balance.simulator.config import Project, SimulatorConfig
from gemini_balance.simulator.error_table import NAMED, Subject, named
from gemini_balance.simulator.errors import GoogleError

FLAVOURS = {
    "dead": "key_invalid",
    "invalid": "key_invalid",
    "expired": "key_expired",
    "gone": "key_not_found",
    "leaked": "leaked",
    "blocked": "service_blocked",
    "suspended": "suspended",
    "disabled": "service_disabled",
    "nobilling": "billing_disabled",
    "prepaid": "prepay_depleted_402",
    "depleted": "prepay_depleted",
    "capped": "spend_cap",
    "nocountry": "free_tier_region",
    "noquota": "no_quota",
    "daily": "rpd",
    "newuser": "new_users",
    "oauth": "oauth",
}
_SCHEME = re.compile(r"(?:AIza|AQ\.)Sim-(?P<project>[A-Za-z0-9_]+)-(?P<n>\d+)(?:-(?P<flavour>\w+))?")


class Caller(Struct, frozen=True):
    """A recognised key: its project, and the name of the error that it always meets, if any."""

    key: str
    project_name: str
    project: Project
    project_number: str
    error: str = ""


def credential(headers: dict[str, str], query: str, subject: Subject) -> str:
    """The one key that the call shows; raises GoogleError when there is none, several, or an OAuth token."""
    bearer = headers.get("authorization", "")
    in_query = [value for name, value in parse_qsl(query) if name == "key"] if "key=" in query else []
    shown = [value for value in (headers.get("x-goog-api-key", ""), bearer, *in_query) if value]
    if len(shown) > 1:
        raise GoogleError(named("multiple_credentials", subject))
    if not shown:
        raise GoogleError(named("unregistered", subject))
    if bearer:
        raise GoogleError(named("oauth", subject))
    return shown[0]


def identify(key: str, config: SimulatorConfig) -> Caller:
    """Whose key this is; raises GoogleError for a key that Google doesn't know."""
    if key in config.keys:
        listed = config.keys[key]
        return _caller(key, listed.project, listed.error, config)
    found = _SCHEME.fullmatch(key) if config.named_keys else None
    if found is None:
        raise GoogleError(named("key_invalid", Subject(key=key)))
    flavour = found["flavour"] or ""
    error = FLAVOURS.get(flavour, flavour)
    if error and error not in NAMED:
        raise GoogleError(named("key_invalid", Subject(key=key)))
    return _caller(key, found["project"], error, config)


def _caller(key: str, project_name: str, error: str, config: SimulatorConfig) -> Caller:
    project = config.projects.get(project_name, config.default_project)
    return Caller(
        key=key,
        project_name=project_name,
        project=project,
        project_number=project.number or _number(project_name),
        error=error or project.error,
    )


@lru_cache(maxsize=1024)
def _number(project_name: str) -> str:
    digest = hashlib.blake2s(project_name.encode(), digest_size=6).digest()
    return str(10**11 + int.from_bytes(digest) % (9 * 10**11))
