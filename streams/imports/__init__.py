"""Real data of others, made into events."""
