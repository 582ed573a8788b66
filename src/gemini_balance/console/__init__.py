"""The door that operators use: pages rendered here, live by htmx, under /console."""
