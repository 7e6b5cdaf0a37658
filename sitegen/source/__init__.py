"""Files and what is written in them."""
