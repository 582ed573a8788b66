"""Which models there are, and what a requested name means."""
