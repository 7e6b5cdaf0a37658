"""The commands, with their arguments; `sitegen.cli` imports only the module of the command that runs."""
