"""The arithmetic of a burn-in: soak clock, alarms, summaries, capacity. Pure: no Django, no clock."""
