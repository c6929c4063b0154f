"""Readers and writers of testers' files: bytes in, facts out. No Django, no database, no clock."""
