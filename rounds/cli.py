"""Commands of running: demo and replay."""

COMMANDS = ()
