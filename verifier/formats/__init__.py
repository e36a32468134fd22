"""Readers of other formats: each turns a foreign file into an inventory and a list of problems by row."""
