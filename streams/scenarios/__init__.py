"""Scenarios by name, and what a spectator should know while one is played."""
