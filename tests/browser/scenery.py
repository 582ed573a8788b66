"""A gateway that looks like one in use: keys in several projects and states, tokens, options that were changed, a week
of calls. Everything but the week goes through the gateway's own doors; the week is written as the gateway writes it."""

from __future__ import annotations

import json
import math
import random
import string
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gemini_balance import simulator
from gemini_balance.console import paths
from gemini_balance.core.outcome import Usage
from gemini_balance.simulator.config import Fault, Key, Pace, Project, Quota
from gemini_balance.storage.engine import journal_of, url_of
from gemini_balance.storage.journal.writer import CallWriter
from tests.browser.visitor import PASSWORD
from tests.contract.calls import attempt, call, failed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gemini_balance.gateway.record import RequestRecord
    from tests.e2e.processes import Answer, GatewayProcess

DICE = random.Random(7)
HOUR, DAY = 3600, 86_400
PROJECTS = ("amber", "basil", "cedar", "dune", "elm", "fern", "gorse", "heath", "iris", "juniper", "kelp", "lotus")
PER_PROJECT = 3
SICK = {4: "leaked", 11: "billing_disabled", 19: "key_expired", 26: "suspended"}
"""Of the keys, by number, those that Google refuses, and why."""
OFF = (15, 31)
NOTED = 21
"""The key whose own page is shown."""
NOTES = "The account of the family; pays nothing. Ask before it is moved."
MODELS = ("gemini-2.5-flash", "gemini-2.5-flash", "gemini-2.5-flash-lite", "gemini-2.5-pro", "gemini-3.6-flash")
LIMITS = {model: {"rpd": rpd} for model, rpd in zip(sorted(set(MODELS)), (40, 250, 20, 6), strict=True)}
TOKENS = (
    {"name": "coding agent", "models": [], "rpm": 120},
    {"name": "chat at home", "tokens_per_day": 2_000_000},
    {"name": "translations", "rpm": 60},
    {"name": "night batch", "tags": ["team"]},
    {"name": "old laptop", "models": ["gemini-2.5-flash", "gemini-2.5-flash-lite"]},
)
OPTIONS = {"max_retries": 4, "time_out": 120, "auto_delete_request_logs_days": 60, "alert_low_percent": 30}
WRITTEN = 2.0  # seconds
LOOKS_AHEAD = 125.0  # seconds after which the gateway foretells what will be left
PROMPTS = (
    "Summarise the minutes of this morning in five points.",
    "Why does this test fail only on Mondays?",
    "Translate the second paragraph into Chinese.",
    "Name three birds that winter in Lisbon.",
    "Write a limerick about load balancers.",
)
TROUBLE = (
    ("quota_day", 429, "rate_limit_exceeded", "Every key has spent its quota for this model today."),
    ("model_overloaded", 503, "upstream_overloaded", "The model is overloaded. Please try again later."),
    ("bad_request", 400, "bad_request", "Function calling config is set without function_declarations."),
    ("upstream_slow", 504, "upstream_timeout", "Google did not answer within 120 s."),
)


def secret() -> str:
    return "AIzaSy" + "".join(DICE.choices(string.ascii_letters + string.digits, k=33))


@dataclass(frozen=True)
class Kept:
    """One key, as it is pasted."""

    number: int
    key: str = field(default_factory=secret)

    @property
    def project(self) -> str:
        return PROJECTS[self.number // PER_PROJECT]

    @property
    def entry(self) -> dict[str, Any]:
        kind = "spare" if self.number % 7 == 6 else "main"
        tags = ["team"] if self.number % 4 == 0 else ["home", "free"] if self.number % 4 == 1 else []
        told = self.project if self.number % 5 else ""
        notes = NOTES if self.number == NOTED else ""
        return {"key": self.key, "label": f"{kind} {self.number + 1:02}", "project": told, "tags": tags, "notes": notes}


KEYS = tuple(Kept(number) for number in range(len(PROJECTS) * PER_PROJECT))


def google() -> simulator.SimulatorConfig:
    quotas = {model: Quota(rpm=30, rpd=limit["rpd"]) for model, limit in LIMITS.items()}
    return simulator.SimulatorConfig(
        keys={one.key: Key(one.project, SICK.get(one.number, "")) for one in KEYS},
        default_project=Project(quotas=quotas),
        pace=Pace(first_byte=0.15, between_events=0.03),
        faults=(Fault("overloaded", rate=0.03),),
        words=60,
    )


def settings() -> dict[str, str]:
    return {"API_KEYS": "", "AUTH_TOKEN": PASSWORD, "QUOTA_LIMITS": json.dumps(LIMITS)}


@dataclass(frozen=True)
class Scenery:
    """`served` runs in `folder`."""

    served: GatewayProcess
    folder: Path

    def furnish(self) -> dict[str, str]:
        """Of pages of which there are many the address of one that shows much, by the name of the page."""
        began = time.time()
        self._ask("POST", "/keys/import", {"text": json.dumps([one.entry for one in KEYS]), "suspicious": True})
        made = [self._ask("POST", "/tokens", token).json for token in TOKENS]
        self._ask("PATCH", "/options", {"values": OPTIONS})
        self._ask("PATCH", "/options", {"values": {"max_retries": 3}})
        ids = [one["id"] for one in self._ask("GET", "/keys?limit=200").json["items"]]
        self._remember([one["token"]["id"] for one in made], ids)
        self._ask("POST", f"/tokens/{made[-1]['token']['id']}/disable")
        self._ask("POST", "/keys/verify", {"filter": {"ids": [ids[number] for number in SICK]}})
        self._ask("POST", "/keys/disable", {"filter": {"ids": [ids[number] for number in OFF]}})
        self._call([one["secret"] for one in made[:-1]], 120)
        time.sleep(max(0.0, began + LOOKS_AHEAD - time.time()))
        self._call([one["secret"] for one in made[:-1]], 40)
        noted = self._ask("GET", "/keys?text=family").json["items"][0]["id"]
        return {
            "call": f"{paths.CALLS}/{self._rescued()}",
            "key": f"{paths.KEYS}/{noted}",
            "token": f"{paths.TOKENS}/{made[0]['token']['id']}",
        }

    def _rescued(self) -> str:
        """The call that took most attempts. It stands in the journal after a moment."""
        time.sleep(WRITTEN)
        calls = self._ask("GET", "/calls?outcome=rescued&limit=40").json["items"]
        shown = [self._ask("GET", f"/calls/{call['id']}").json for call in calls]
        return str(max(shown, key=lambda call: len(call["attempts"]))["id"])

    def _ask(self, method: str, path: str, body: object = None) -> Answer:
        headers = {"Authorization": f"Bearer {PASSWORD}", "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body).encode()
        answer = self.served.request(method, f"/api/admin/v1{path}", sent, headers)
        assert answer.status < 300, (path, answer.body)
        return answer

    def _call(self, tokens: list[str], count: int) -> None:
        """Through the gateway, several at a time; some callers ask for what can't be had."""

        def one(n: int) -> None:
            headers = {"Authorization": f"Bearer {tokens[n % len(tokens)]}", "Content-Type": "application/json"}
            model = "gemini-1.0-ultra" if n % 40 == 7 else MODELS[n % len(MODELS)]
            text = f"{PROMPTS[n % len(PROMPTS)]} [[sim: thoughts={n % 90} words={40 + n % 60}]]"
            body = {"model": model, "messages": [{"role": "user", "content": text}], "stream": n % 2 == 0}
            self.served.request("POST", "/v1/chat/completions", json.dumps(body).encode(), headers)

        with ThreadPoolExecutor(6) as many:
            list(many.map(one, range(count)))

    def _remember(self, tokens: list[str], keys: list[str]) -> None:
        writer = CallWriter(journal_of(url_of("", self.folder / "data")))
        writer.write_now(list(week(time.time(), tokens, keys)))
        writer.close()


def week(now: float, tokens: list[str], keys: list[str]) -> Iterator[RequestRecord]:
    """More by day than by night, more on some days than on others, and an hour in which Google was overloaded."""
    for hour in range(7 * 24, 0, -1):
        since = now - hour * HOUR
        busy = 120 + 100 * math.sin((since % DAY) / DAY * 2 * math.pi - 0.6) + DICE.uniform(-20, 20)
        for _ in range(max(8, int(busy))):
            yield _one(since + DICE.random() * (HOUR - 60), tokens, keys, bad=hour == 9)


def _one(at: float, tokens: list[str], keys: list[str], *, bad: bool) -> RequestRecord:
    model = DICE.choice(MODELS)
    first = DICE.lognormvariate(-0.3, 0.5) * (2.2 if "pro" in model or bad else 1.0)
    told: dict[str, Any] = {
        "client": f"198.51.100.{DICE.randrange(20, 60)}",
        "token_id": DICE.choice(tokens),
        "model_asked": model,
        "model_used": model,
        "seconds": first + DICE.lognormvariate(0.7, 0.6),
    }
    key, other = DICE.sample(keys, 2)
    if DICE.random() < (0.25 if bad else 0.02):
        cause, status, ending, message = TROUBLE[1] if bad else DICE.choice(TROUBLE)
        tried = (attempt(key, cause, status, seconds=first),)
        return failed(at, **told | {"status": status, "ending": ending, "message": message, "attempts": tried})
    before = [attempt(other, "quota_minute", 429, seconds=0.2)] if DICE.random() < 0.06 else []
    prompt, output, thoughts = DICE.randrange(60, 6000), DICE.randrange(40, 900), DICE.randrange(0, 700)
    usage = Usage(prompt, 0, 0, output, thoughts, prompt + output + thoughts)
    attempts = (*before, attempt(key, seconds=first, began=0.2 * len(before)))
    return call(at, **told | {"first_byte": first, "usage": usage, "attempts": attempts})
