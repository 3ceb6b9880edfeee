"""The commands, one module for each group, imported only when called."""
