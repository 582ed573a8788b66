"""Native Gemini: the identity. Its bytes are never re-modelled."""
