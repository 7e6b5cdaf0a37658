"""Sites of other generators, converted."""
