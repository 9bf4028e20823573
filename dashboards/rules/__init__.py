"""Prometheus rules as code: recording rules, alerts with their runbook, and the files that are made of them."""
