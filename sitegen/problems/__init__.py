"""Everything a person can fix: the Problem value, its codes and its reporters."""
