"""What we sent and what became of it."""
