"""Pictures, drawings, pictures for sharing, and `static/`."""
