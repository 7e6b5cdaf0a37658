"""What each command of the command line takes and does; `sitegen.cli` imports the module of the one that is asked for."""
