"""Boot settings, read once from the environment, `.env` or NAME_FILE. The one file that reads the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from dotenv import dotenv_values
from pydantic import BeforeValidator, Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS
from gemini_balance.core.keys import Entry, UnusableKey, checked, masked
from gemini_balance.core.options import Options, names_in, options_from

GOOGLE = "https://generativelanguage.googleapis.com/v1beta"
VERTEX = "https://aiplatform.googleapis.com/v1/publishers/google"
Names = Annotated[tuple[str, ...], NoDecode]
Lower = BeforeValidator(lambda value: value.strip().lower() if isinstance(value, str) else value)


class Settings(BaseSettings):
    """Immutable; what may change while running is an option (core/options)."""

    model_config = SettingsConfigDict(
        extra="ignore", frozen=True, hide_input_in_errors=True, arbitrary_types_allowed=True
    )  # values may be keys

    host: str = "0.0.0.0"  # noqa: S104  (a service in a container must be reachable; nothing is served without a token)
    port: int = Field(8000, ge=0, le=65535)
    base_url: str = GOOGLE
    api_keys: Annotated[tuple[Entry, ...], NoDecode] = Field((), repr=False)
    vertex_api_keys: Annotated[tuple[Entry, ...], NoDecode] = Field((), repr=False)
    vertex_express_base_url: str = VERTEX
    paid_key: str = Field("", repr=False)
    allowed_tokens: Names = Field((), repr=False)
    auth_token: str = Field("", repr=False)
    database_url: str = Field("", repr=False)  # it may hold a password
    secret_key: str = Field("", repr=False)
    upload_provider: Literal["", "smms", "picgo", "cloudflare_imgbed", "aliyun_oss"] = ""
    smms_secret_token: str = Field("", repr=False)
    picgo_api_key: str = Field("", repr=False)
    picgo_api_url: str = "https://www.picgo.net/api/1/upload"
    cloudflare_imgbed_url: str = ""
    cloudflare_imgbed_auth_code: str = Field("", repr=False)
    cloudflare_imgbed_upload_folder: str = ""
    oss_endpoint: str = ""
    oss_endpoint_inner: str = ""
    oss_access_key: str = Field("", repr=False)
    oss_access_key_secret: str = Field("", repr=False)
    oss_bucket_name: str = ""
    oss_region: str = ""
    public_url: str = ""
    trusted_proxies: Names = ()
    proxies: Names = Field((), repr=False)
    shutdown_timeout: float = Field(30.0, ge=0, le=3600)
    access_log: bool = True
    log_level: Annotated[Literal["debug", "info", "warning", "error", "critical"], Lower] = "info"
    log_format: Annotated[Literal["auto", "console", "json"], Lower] = "auto"
    metrics_token: str = Field("", repr=False)
    otel_exporter_otlp_endpoint: str = ""
    otel_exporter_otlp_headers: str = Field("", repr=False)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load` is given counts: `environment` has merged the sources, and blank means unset."""
        return (init_settings,)

    @field_validator("api_keys", mode="before")
    @classmethod
    def _keys(cls, value: Any) -> Any:
        return parse_keys(value) if isinstance(value, str) else value

    @field_validator("vertex_api_keys", mode="before")
    @classmethod
    def _vertex_keys(cls, value: Any) -> Any:
        return parse_keys(value, VERTEX_EXPRESS) if isinstance(value, str) else value

    @field_validator("paid_key")
    @classmethod
    def _paid_key(cls, value: str) -> str:
        if value.strip():
            _paid(value.strip())  # raises for what no header can carry
        return value.strip()

    @field_validator("allowed_tokens", "trusted_proxies", "proxies", mode="before")
    @classmethod
    def _names(cls, value: Any) -> Any:
        return names_in(value.strip()) if isinstance(value, str) else value


class KeyEntry(msgspec.Struct, forbid_unknown_fields=True):
    """A key with what is known about it, as `API_KEYS` may hold it."""

    key: str
    label: str = ""
    project: str = ""
    tags: list[str] = []
    notes: str = ""
    weight: int = 1
    models: list[str] = []
    proxy: str = ""
    tier: Literal["free", "paid"] = "free"


def parse_keys(text: str, upstream: str = GEMINI_API) -> tuple[Entry, ...]:
    """A JSON list of strings or objects, or keys separated by commas or line ends. Doubles are taken once."""
    text = text.strip()
    try:
        given = msgspec.json.decode(text, type=list[str | KeyEntry]) if text.startswith("[") else names_in(text)
    except msgspec.DecodeError as error:
        raise ValueError(f"not a JSON list of keys: {error}") from error
    entries = [_entry(one if isinstance(one, KeyEntry) else KeyEntry(one.strip()), upstream) for one in given]
    return tuple({entry.id: entry for entry in reversed(entries)}.values())[::-1]


def _entry(given: KeyEntry, upstream: str = GEMINI_API) -> Entry:
    try:
        return checked(
            Entry(
                key=given.key,
                label=given.label,
                project=given.project,
                tags=frozenset(given.tags),
                notes=given.notes,
                weight=given.weight,
                models=frozenset(given.models),
                proxy=given.proxy,
                paid=given.tier == "paid",
                upstream=upstream,
            )
        )
    except UnusableKey as error:
        raise ValueError(f"{masked(given.key)}: {error}") from error


def with_paid(keys: tuple[Entry, ...], secret: str) -> tuple[Entry, ...]:
    """All keys of the Gemini API. One that is given as the paid key, too, is only that."""
    if not secret:
        return keys
    paid = _paid(secret)
    return (*(entry for entry in keys if entry.id != paid.id), paid)


def _paid(secret: str) -> Entry:
    return _entry(KeyEntry(secret, tier="paid"))


def environment(folder: Path) -> dict[str, str]:
    """`.env` in `folder`, overridden by the process's own environment; NAME_FILE names a file with NAME's value."""
    values = {name: value for name, value in dotenv_values(folder / ".env").items() if value is not None}
    values |= os.environ
    for name in [name for name in values if name.endswith("_FILE")]:
        target = name.removesuffix("_FILE")
        if target.lower() in Settings.model_fields and target not in values:
            values[target] = Path(values[name]).read_text().strip()
    return values


def load(values: dict[str, str]) -> tuple[Settings, Options]:
    """Raises ValueError with a sentence for every value that can't be taken."""
    known = {name: values[name.upper()] for name in Settings.model_fields if values.get(name.upper(), "").strip()}
    return Settings(**known), options_from({name: value for name, value in values.items() if value.strip()})  # type: ignore[arg-type]  # pydantic turns the strings into each field's type
