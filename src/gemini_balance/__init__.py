"""Many Google Gemini API keys behind one dependable address."""
