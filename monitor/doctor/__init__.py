"""Everything a monitor depends on, looked at once: each finding one line, with its fix."""
