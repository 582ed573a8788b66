"""The performance bench: the gateway beside nginx, both against the same upstream, in one run. `make bench` runs it."""
