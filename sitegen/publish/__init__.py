"""The built site to its readers: releases, targets, comparison, verification."""
