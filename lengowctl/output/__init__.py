"""How anything is shown or written: data to stdout, talk to stderr, foreign text made harmless."""
