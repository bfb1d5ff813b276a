"""What the administration pages of all apps share: the site, the kinds of page, names for ids."""
