"""OpenAI's chat completions, translated to and from Gemini."""
