"""A site of Hugo, read and written anew as one of ours."""
