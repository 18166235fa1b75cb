"""Demo years: invented people at real local governments, written as import files.

Nothing here describes a real person, and no figure of a real organisation is real.
"""
