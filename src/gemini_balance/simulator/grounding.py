"""Grounding metadata, as an answer found by Google Search carries it. Offsets count bytes, as Google's do."""

import hashlib
import re

from gemini_balance.simulator.json_types import Object

REDIRECT = "https://vertexaisearch.cloud.google.com/grounding-api-redirect/"
_URL = re.compile(r"https?://[^\s\]]+")


def grounding(query: str, text: str) -> Object:
    """Two pages that are said to support the text."""
    sites = ("example.com", "example.org")
    end = len(text.encode())
    half = len(text[: len(text) // 2].encode())
    return {
        "searchEntryPoint": {"renderedContent": '<div class="container"><a class="chip">Search</a></div>'},
        "groundingChunks": [{"web": {"uri": _link(site, query), "title": site}} for site in sites],
        "groundingSupports": [
            {
                "segment": {"endIndex": half, "text": text[: len(text) // 2]},
                "groundingChunkIndices": [0],
            },
            {
                "segment": {"startIndex": half, "endIndex": end, "text": text[len(text) // 2 :]},
                "groundingChunkIndices": [0, 1],
            },
        ],
        "webSearchQueries": [query[:60] or "news"],
    }


def url_context(prompt: str) -> Object | None:
    """The pages in the prompt, all of them read; None when it names none."""
    pages = _URL.findall(prompt)
    if not pages:
        return None
    return {
        "urlMetadata": [{"retrievedUrl": page, "urlRetrievalStatus": "URL_RETRIEVAL_STATUS_SUCCESS"} for page in pages]
    }


def _link(site: str, query: str) -> str:
    return REDIRECT + hashlib.blake2s(f"{site} {query}".encode(), digest_size=24).hexdigest()
