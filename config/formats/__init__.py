"""How dates and times are written on all pages: as in reports and files, whatever the browser prefers."""
