"""The program in a process of its own, but it waits for an answer as long as that takes: `python patient.py WORDS…`.

What ends before the answer has come did not wait for it, however slow the machine is.
"""

from __future__ import annotations

import sys
from dataclasses import replace

import httpx

from lengowctl.__main__ import INTERRUPTED, leave, stop_like_ctrl_c
from lengowctl.cli.machine import this_machine
from lengowctl.cli.main import run
from lengowctl.cli.runtime import Runtime


class Patient(httpx.HTTPTransport):
    """The network, with nothing that ends by time alone."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        del request.extensions["timeout"]
        return super().handle_request(request)


if __name__ == "__main__":
    code = INTERRUPTED
    try:
        stop_like_ctrl_c()
        code = run(sys.argv[1:], Runtime(replace(this_machine(), transport=Patient(trust_env=False))))
    except KeyboardInterrupt:  # too late to be told
        code = INTERRUPTED
    leave(code)
