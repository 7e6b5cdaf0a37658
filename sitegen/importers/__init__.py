"""Sites of other generators, brought over."""
