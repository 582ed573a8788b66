"""OpenAI's doors beside the chat: what comes out of them is vectors, pictures, sound and transcripts."""
