"""What has to be set in each client. One row for each; `<address>`, `<token>` and `<model>` stand for what fits here.

Which address a client wants is its own rule: some add `/v1` or `/v1beta` themselves, others don't. Sources: each
client's manual, which the row names, and docs/clients.md for those that are run against the gateway.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gemini_balance.core.dialects import DIALECTS

FORMATS = {
    "openai": "OpenAI Chat",
    "native": "Gemini",
    "anthropic": "Anthropic Messages",
    "responses": "OpenAI Responses",
}
"""What clients speak; of these the gateway offers what is in DIALECTS."""
NO_TOKEN = "YOUR_TOKEN"  # noqa: S105  (stands where a token belongs)


@dataclass(frozen=True, slots=True)
class Setting:
    """A field of the client's own form; `label` is a message."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Snippet:
    """Text for a file or a shell; `title` names which, and is the same in every language."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Client:
    """`where` says in a message where all this goes, `note` what else is to be known; `speaks` is of FORMATS."""

    slug: str
    name: str
    speaks: str
    where: str
    manual: str = ""
    note: str = ""
    settings: tuple[Setting, ...] = ()
    snippets: tuple[Snippet, ...] = ()

    @property
    def offered(self) -> bool:
        """Does the gateway speak what this client does?"""
        return self.speaks in DIALECTS


TOKEN = Setting("connect.f_key", "<token>")
MODEL = Setting("connect.f_model", "<model>")
OPENAI_ENV = "OPENAI_API_BASE_URL=<address>/v1\nOPENAI_API_KEY=<token>"
LOBE_ENV = "OPENAI_PROXY_URL=<address>/v1\nOPENAI_API_KEY=<token>\nOPENAI_MODEL_LIST=+<model>"
NEXT_ENV = "BASE_URL=<address>\nOPENAI_API_KEY=<token>\nCUSTOM_MODELS=-all,+<model>"
CLAUDE_SHELL = """export ANTHROPIC_BASE_URL=<address>
export ANTHROPIC_AUTH_TOKEN=<token>
export ANTHROPIC_MODEL=<model>"""
CODEX_TOML = """model = "<model>"
model_provider = "gemini-balance"

[model_providers.gemini-balance]
name = "Gemini Balance"
base_url = "<address>/v1"
env_key = "GEMINI_BALANCE_TOKEN"
wire_api = "responses\""""
GEMINI_SHELL = """export GOOGLE_GEMINI_BASE_URL=<address>
export GEMINI_API_KEY=<token>
gemini -m <model>"""
GEMINI_POWERSHELL = """$env:GOOGLE_GEMINI_BASE_URL = "<address>"
$env:GEMINI_API_KEY = "<token>"
gemini -m <model>"""
LANGCHAIN_PYTHON = """from langchain_openai import ChatOpenAI

model = ChatOpenAI(model="<model>", base_url="<address>/v1", api_key="<token>")
print(model.invoke("Hello").content)"""
OPENAI_PYTHON = """from openai import OpenAI

client = OpenAI(base_url="<address>/v1", api_key="<token>")
reply = client.chat.completions.create(model="<model>", messages=[{"role": "user", "content": "Hello"}])
print(reply.choices[0].message.content)"""
OPENAI_JS = """import OpenAI from "openai";

const client = new OpenAI({ baseURL: "<address>/v1", apiKey: "<token>" });
const messages = [{ role: "user", content: "Hello" }];
const reply = await client.chat.completions.create({ model: "<model>", messages });
console.log(reply.choices[0].message.content);"""
GENAI_PYTHON = """from google import genai

client = genai.Client(api_key="<token>", http_options={"base_url": "<address>"})
print(client.models.generate_content(model="<model>", contents="Hello").text)"""
GENAI_JS = """import { GoogleGenAI } from "@google/genai";

const client = new GoogleGenAI({ apiKey: "<token>", httpOptions: { baseUrl: "<address>" } });
const reply = await client.models.generateContent({ model: "<model>", contents: "Hello" });
console.log(reply.text);"""
CURL = """curl <address>/v1/chat/completions \\
  -H "Authorization: Bearer <token>" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "<model>", "messages": [{"role": "user", "content": "Hello"}]}'"""

CLIENTS = (
    Client(
        "cherry-studio",
        "Cherry Studio",
        "openai",
        "connect.where_cherry",
        "https://docs.cherry-ai.com/",
        "connect.note_adds_v1",
        (Setting("connect.f_type", "OpenAI"), TOKEN, Setting("connect.f_host", "<address>")),
    ),
    Client(
        "lobechat",
        "LobeChat",
        "openai",
        "connect.where_lobe",
        "https://lobehub.com/docs/self-hosting/environment-variables/model-provider",
        "connect.note_with_v1",
        (TOKEN, Setting("connect.f_proxy", "<address>/v1")),
        (Snippet(".env", LOBE_ENV),),
    ),
    Client(
        "nextchat",
        "NextChat",
        "openai",
        "connect.where_next",
        "https://github.com/ChatGPTNextWeb/NextChat",
        "connect.note_adds_v1",
        (Setting("connect.f_endpoint", "<address>"), TOKEN, Setting("connect.f_custom", "<model>")),
        (Snippet(".env", NEXT_ENV),),
    ),
    Client(
        "open-webui",
        "Open WebUI",
        "openai",
        "connect.where_webui",
        "https://docs.openwebui.com/getting-started/quick-start/connect-a-provider/starting-with-openai/",
        "connect.note_with_v1",
        (Setting("connect.f_url", "<address>/v1"), TOKEN),
        (Snippet(".env", OPENAI_ENV),),
    ),
    Client(
        "cursor",
        "Cursor",
        "openai",
        "connect.where_cursor",
        "https://docs.cursor.com/settings/api-keys",
        "connect.note_cursor",
        (Setting("connect.f_openai_key", "<token>"), Setting("connect.f_override", "<address>/v1"), MODEL),
    ),
    Client(
        "cline",
        "Cline",
        "openai",
        "connect.where_cline",
        "https://docs.cline.bot/provider-config/openai-compatible",
        "connect.note_with_v1",
        (
            Setting("connect.f_provider", "OpenAI Compatible"),
            Setting("connect.f_base", "<address>/v1"),
            TOKEN,
            Setting("connect.f_model_id", "<model>"),
        ),
    ),
    Client(
        "claude-code",
        "Claude Code",
        "anthropic",
        "connect.where_claude",
        "https://docs.claude.com/en/docs/claude-code/llm-gateway",
        snippets=(Snippet("~/.zshrc, ~/.bashrc", CLAUDE_SHELL),),
    ),
    Client(
        "codex",
        "Codex CLI",
        "responses",
        "connect.where_codex",
        "https://github.com/openai/codex",
        snippets=(
            Snippet("~/.codex/config.toml", CODEX_TOML),
            Snippet("~/.zshrc, ~/.bashrc", "export GEMINI_BALANCE_TOKEN=<token>"),
        ),
    ),
    Client(
        "gemini-cli",
        "Gemini CLI",
        "native",
        "connect.where_gemini",
        "https://github.com/google-gemini/gemini-cli",
        "connect.note_bare",
        snippets=(Snippet("macOS, Linux", GEMINI_SHELL), Snippet("Windows PowerShell", GEMINI_POWERSHELL)),
    ),
    Client(
        "langchain",
        "LangChain",
        "openai",
        "connect.where_langchain",
        "https://docs.langchain.com/oss/python/integrations/chat/openai",
        "connect.note_with_v1",
        snippets=(Snippet("Python", LANGCHAIN_PYTHON),),
    ),
    Client(
        "openai",
        "openai",
        "openai",
        "connect.where_openai",
        "https://github.com/openai/openai-python",
        "connect.note_with_v1",
        snippets=(Snippet("Python", OPENAI_PYTHON), Snippet("JavaScript", OPENAI_JS)),
    ),
    Client(
        "google-genai",
        "google-genai",
        "native",
        "connect.where_genai",
        "https://github.com/googleapis/python-genai",
        "connect.note_bare",
        snippets=(Snippet("Python", GENAI_PYTHON), Snippet("JavaScript", GENAI_JS)),
    ),
    Client(
        "other",
        "",
        "openai",
        "connect.where_other",
        "",
        "connect.note_other",
        (
            Setting("connect.f_address_openai", "<address>/v1"),
            Setting("connect.f_address_gemini", "<address>"),
            TOKEN,
            MODEL,
        ),
        (Snippet("curl", CURL),),
    ),
)
BY_SLUG = {client.slug: client for client in CLIENTS}
_OPEN = re.compile("<(?:address|token|model)>")


@dataclass(frozen=True, slots=True)
class Filling:
    """What the rows leave open. `address` has no slash at the end."""

    address: str
    token: str
    model: str

    def __call__(self, text: str) -> str:
        values = {"<address>": self.address, "<token>": self.token, "<model>": self.model}
        return _OPEN.sub(lambda found: values[found[0]], text)
