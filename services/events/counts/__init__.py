"""Counts (人数・団体数など) of legs, editions and missions."""
