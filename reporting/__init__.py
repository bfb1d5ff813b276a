"""What happened: reports, wallboard and feed, from the journal. Read-only; nobody imports it."""
