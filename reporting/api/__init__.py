"""The HTTP surface of the reports: `/api/v1/reports/...`, `/api/v1/wallboard`, `/api/v1/events`."""
