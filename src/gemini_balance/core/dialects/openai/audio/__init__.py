"""Speech out of text, and text out of speech."""
