"""What can be done, one module per story. Each action is one transaction, one version, one event, one push."""
