"""Translators' tools: records, history, segments and exchange files."""
