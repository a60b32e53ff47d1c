"""The two SQLite files of a profile: the mirror of the source, and the ledger. The only room that speaks SQL."""
