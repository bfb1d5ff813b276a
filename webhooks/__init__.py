"""What happened, sent to other systems: signed, in an outbox, tried again, never into private networks."""
