"""English, the language of the pages for those who work here."""
