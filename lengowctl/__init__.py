"""lengowctl: the command line for people who sell on marketplaces through Lengow.

The map of the house. A module imports only from a lower number; rooms with the same number never meet.

5  __main__      the front door: answers --version and completion itself, hands all else to cli
4  cli           thin commands, one file per verb; runtime.py makes every concrete thing
3  sync          brings the outside in: windows, proofs, cursors, coverage
   outbox        carries our intentions out: written down, then sent, then settled
   config        settings: one table of keys, read once, handed in
2  connectors    the outside world, one folder per source of orders
   store         the two SQLite files; the only room that speaks SQL
   output        how anything is shown or written
1  orders        the trade, pure: what orders are and what may be asked of them
0  errors        everything raised on purpose, with its exit code
   sandbox       a pretend Lengow that knows nothing of the rest
"""

__version__ = "0.1.0"
