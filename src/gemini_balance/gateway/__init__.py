"""The use cases: async, but they know the outside world only as the protocols in ports.py."""
