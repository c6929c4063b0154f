"""The shipped product as processes, and a browser to look at it."""
