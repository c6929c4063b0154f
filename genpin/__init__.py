"""The composition root: settings, addresses, processes, and the doors that reach every app."""
