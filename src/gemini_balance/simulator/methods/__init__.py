"""The calls that make, show, change and delete resources; `table.py` lists them, `resources` holds what they leave."""
