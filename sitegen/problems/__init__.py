"""What a person must mend: the value, its codes, and how it is reported."""
