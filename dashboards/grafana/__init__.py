"""What Pharos wants to be in a Grafana, what is there, and how the one becomes the other: the only users of its API."""
