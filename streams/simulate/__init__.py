"""Shops that do not exist: reproducible events with a truth beside them."""
