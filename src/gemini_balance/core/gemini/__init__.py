"""The hub: Gemini's wire format and the facts about it."""
