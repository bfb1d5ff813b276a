"""The product's settings, with passwords that are hashed quickly: for sites on which tests log in hundreds of times."""

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
