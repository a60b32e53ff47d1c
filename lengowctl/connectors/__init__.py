"""The outside world: one folder per source of orders, and the contract that each of them keeps."""
