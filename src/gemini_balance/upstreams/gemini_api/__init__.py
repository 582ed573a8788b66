"""Google's Gemini API (generativelanguage)."""
