"""The configuration as one document: what it holds, how it is read and written, what differs, and how it is applied."""
