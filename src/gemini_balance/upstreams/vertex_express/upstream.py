"""How a route becomes a request to Vertex AI in express mode.

From cloud.google.com, "Vertex AI in express mode REST API reference": the global host, no project and no location in
the path, the methods generateContent, streamGenerateContent and countTokens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.upstreams.gemini_api.upstream import GeminiApi

if TYPE_CHECKING:
    from gemini_balance.core.catalog.route import Route


class VertexExpress(GeminiApi):
    """`base_url` ends in `/publishers/google`, with Vertex's own version before it, so a route's is left out.

    Raises ValueError for a `base_url` that is no http(s) address.
    """

    def path_of(self, route: Route) -> str:
        return f"/{self._prefix}/{route.path.partition('/')[2]}"
