"""Outbox: events out, webhooks, idempotency keys, background jobs and alarms."""
