"""The trade, pure: what orders are, when they are due, and how one selects among them. No file, no clock."""
