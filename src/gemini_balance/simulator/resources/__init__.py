"""What callers leave with this Google: files, caches, batches and the like, each belonging to a project.

Nothing here knows HTTP; `methods` has the calls.
"""
