"""The outside world: what the service reads from and sends to others."""
