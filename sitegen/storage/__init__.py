"""Files on disk: blobs, caches and the output folder; worker processes."""
