"""Pictures, drawings, social cards and static/."""
