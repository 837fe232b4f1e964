"""Forwards what passes to the asset library: the client, the journal, and the way to a public address."""
