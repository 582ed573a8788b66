"""The pure room: no I/O, no clock, no dice, no log, no coroutine.

Every function here is told the time (`now`, seconds) and what the dice said, and returns a value.
"""
