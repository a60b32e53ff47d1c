"""The two SQLite files of a profile: the mirror of the source, and the ledger of what we did. The only room that speaks SQL."""
