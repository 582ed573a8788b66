"""Vertex AI in express mode: Google's models behind another host, with keys of their own."""
