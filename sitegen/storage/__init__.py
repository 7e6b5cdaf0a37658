"""What stays on disk: blobs, caches, the output folder; and work spread over processes."""
