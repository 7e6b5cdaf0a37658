"""What translators work with: records, history, segments, exchange files."""
