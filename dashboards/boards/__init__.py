"""Grafana boards as code: made from the catalogue, so that a user's metric appears without any."""
