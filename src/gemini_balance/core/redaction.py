"""What hides secrets before a text is written anywhere: by their shape, and those that are known by themselves.

Redact before cutting: half a secret has no shape. Every pattern takes time linear in the text: none can begin again
inside what it has looked at in vain, because what it skips excludes its own beginning.
"""

from __future__ import annotations

import re
from base64 import b64encode
from json.encoder import encode_basestring_ascii
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HIDDEN = "REDACTED"
SHOWN = 4  # characters of a secret that anybody may see
SHORTEST = 6  # characters; hiding every word that is as short as that would leave no text
REMEMBERED = 4_096  # short texts whose redaction is remembered
BRIEF = 256  # characters of a text that is remembered

_PLAIN = re.compile(r"[A-Za-z0-9_.~-]+")  # spelled the same everywhere
_GAP = r"\s{0,4}"
_MARK = r"\\?[\"']"  # a quotation mark, perhaps escaped
_BYTES = "(?:b(?=[\"']))?"
_IS = rf"(?:{_MARK})?{_GAP}[:=]{_GAP}{_BYTES}"
_HEADER = rf"(?:{_MARK}{_GAP}[:=,]|{_GAP}[:=]){_GAP}{_BYTES}(?:{_MARK})?"
_VALUE = rf"(?:({_MARK})[^\"'\\\r\n]+|\[[^\[\]]*\]|[^\s\"'\\;)}}\]]+)"
_NAMES = (
    r"secret|passw(?:or)?d|passphrase|api_?keys?|(?:auth|access|refresh|metrics|secret)_?tokens?|allowed_tokens"
    r"|(?:paid|private|access|signing)_?key|auth_code|database_url|webhook_url"
)
_ASKED = r"api_?key|key|(?:access_|auth_?)?token|password|secret|sig|signature|x-goog-signature|upload_id"


class _Rule(NamedTuple):
    """Where none of `signs` is in the text in small letters, `pattern` needn't be tried."""

    signs: tuple[str, ...]
    pattern: re.Pattern[str]
    instead: str = HIDDEN


def _rule(signs: str, pattern: str, instead: str = HIDDEN) -> _Rule:
    return _Rule(tuple(signs.split()), re.compile(pattern), instead)


_RULES = (
    _rule("private", r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[^-]*"),
    _rule("aiza", r"AIza[\w-]+(?:\.[\w-]+)*"),
    _rule("aq.", r"AQ\.[\w.-]{8,}"),
    _rule("ya29.", r"ya29\.[\w.-]+"),
    _rule("auth_tokens/", r"(auth_tokens/)[\w-]+", rf"\1{HIDDEN}"),
    _rule("sk-", r"(?:(?<![A-Za-z0-9])|(?<=\\[nrtbf]))sk-[\w-]{16,}"),
    _rule("cookie", rf"(?i)(cookie2?{_HEADER})[^\r\n\"'\\]+", rf"\1{HIDDEN}"),
    _rule(
        "authorization api-key",
        rf"(?i)((?:authorization|api-key){_HEADER}(?:(?:bearer|basic|digest|token)\s{{1,4}})?)[^\s\"'\\,;)]+",
        rf"\1{HIDDEN}",
    ),
    _rule("bearer", r"(?i)(bearer(?:\s{1,4}|%20|\+))[^\s\"'\\,;<>]+", rf"\1{HIDDEN}"),
    _rule(
        "key= key%3d token= token%3d password= secret= sig= signature= upload_id=",
        rf"(?i)((?:[?&;]|%3f|%26)(?:{_ASKED})(?:=|%3d))(?:[^&\s\"'<>\\#%]|%(?!26))+",
        rf"\1{HIDDEN}",
    ),
    _rule("key=", r"(?<![\w-])(key=)[\w.-]{16,}", rf"\1{HIDDEN}"),
    _rule("key", rf"({_MARK}key{_MARK}{_GAP}:{_GAP}{_MARK})[\w.~+/=-]{{20,}}", rf"\1{HIDDEN}"),
    _rule("://", r"(://[^\s/:@\"'<>\\]*:)[^\s/\"'<>\\]+@", rf"\1{HIDDEN}@"),
    _rule("hooks.slack", r"(hooks\.slack(?:-gov)?\.com/\w{1,20}/)[\w/-]+", rf"\1{HIDDEN}"),
    _rule("/webhooks/ /hook/", r"(/(?:webhooks|hook)/)[\w/-]+", rf"\1{HIDDEN}"),
    _rule(
        "secret passw passphrase key token auth_code database_url webhook_url",
        rf"(?i)((?:{_NAMES})\w{{0,24}}{_IS}){_VALUE}",
        rf"\1\2{HIDDEN}",
    ),
)


def tail_of(secret: str) -> str:
    """What tells secrets apart and opens nothing; of a short one that would be too much, so it is empty."""
    return secret[-SHOWN:] if len(secret) > 2 * SHOWN else ""


def redact(text: str) -> str:
    """The text without whatever has the shape of a secret: keys of Google's, tokens, passwords in addresses and in
    assignments, headers that hold them."""
    lower = text.lower()
    for signs, pattern, instead in _RULES:
        if any(sign in lower for sign in signs):
            text = pattern.sub(instead, text)
    return text


def redact_bytes(body: bytes) -> bytes:
    """The same for a body of any kind; what is no UTF-8 stays as it is."""
    return redact(body.decode(errors="surrogateescape")).encode(errors="surrogateescape")


class Redactor:
    """Also hides the very secrets that are known, whatever their shape: as they are, and as JSON, addresses and basic
    credentials spell them. The time taken doesn't grow with their number.

    One that is shorter than SHORTEST is hidden by its shape only.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known: set[str] = set()
        self._lengths: dict[str, tuple[int, ...]] = {}  # of the secrets that begin so, longest first
        self._columns: tuple[set[str], ...] = tuple(set() for _ in range(SHORTEST))
        self._starts = re.compile(r"(?!)")
        self._remembered: dict[str, str] = {}
        self.learn(known)

    def learn(self, secrets: Iterable[str]) -> None:
        """More of them. None is ever forgotten: what was a secret once may be one elsewhere."""
        news = [spelled for secret in secrets for spelled in _spellings(secret) if spelled not in self._known]
        if not news:
            return
        for secret in news:
            self._known.add(secret)
            self._begin(secret)
        first, *others = ("".join(map(re.escape, sorted(column))) for column in self._columns)
        self._starts = re.compile(f"[{first}](?={''.join(f'[{other}]' for other in others)})")
        self._remembered.clear()

    def redact(self, text: str) -> str:
        return redact(self._without_known(text))

    def redact_bytes(self, body: bytes) -> bytes:
        return self.redact(body.decode(errors="surrogateescape")).encode(errors="surrogateescape")

    def brief(self, text: str) -> str:
        """The same for words that come again and again, such as paths: what was found is remembered."""
        found = self._remembered.get(text)
        if found is None:
            found = self.redact(text)
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            if len(text) <= BRIEF:
                self._remembered[text] = found
        return found

    def _begin(self, secret: str) -> None:
        head = secret[:SHORTEST]
        self._lengths[head] = tuple(sorted({*self._lengths.get(head, ()), len(secret)}, reverse=True))
        for column, letter in zip(self._columns, head, strict=True):
            column.add(letter)

    def _without_known(self, text: str) -> str:
        pieces: list[str] = []
        kept = 0
        for start, end in self._found(text):
            pieces += text[kept:start], HIDDEN
            kept = end
        return "".join((*pieces, text[kept:])) if pieces else text

    def _found(self, text: str) -> Iterator[tuple[int, int]]:
        """Where known secrets stand: the longest that begins first."""
        after = 0
        for found in self._starts.finditer(text):
            start = found.start()
            if start < after:
                continue
            for length in self._lengths.get(text[start : start + SHORTEST], ()):
                if text[start : start + length] in self._known:
                    after = start + length
                    yield start, after
                    break


def credentials_in(address: str) -> list[str]:
    """The password of an address, and with its user's name, as it is written and as it is meant."""
    try:
        parts = urlsplit(address)
        name, password = parts.username or "", parts.password or ""
    except ValueError:
        return []
    if not password:
        return []
    return [password, unquote(password), f"{name}:{password}", f"{unquote(name)}:{unquote(password)}"]


def _spellings(secret: str) -> set[str]:
    """One with a colon may be a user's name and password, which proxies are told in Base64."""
    if len(secret) < SHORTEST:
        return set()
    if _PLAIN.fullmatch(secret):
        return {secret}
    raw = secret.encode(errors="surrogateescape")
    spelled = {secret, quote(raw, safe=""), quote(raw), encode_basestring_ascii(secret)[1:-1], repr(secret)[1:-1]}
    if ":" in secret and "://" not in secret:
        spelled.add(b64encode(raw).decode())
    return spelled
