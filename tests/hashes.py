"""Passwords of tests: one round instead of a million, in the format the product reads."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class OneRound(PBKDF2PasswordHasher):
    """The shipped web server, which has the product's settings, accepts these hashes too."""

    iterations = 1
