"""Stated figures (本文の数値): what the report states beyond its rows."""
