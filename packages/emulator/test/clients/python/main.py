"""Runs every case over grpc or rest and prints a line for each: its name, ok or failed, and the reason."""

import sys

import batch_cases
import queue_cases
import rejection_cases
import task_cases
from bench import Bench

CASES = {**queue_cases.CASES, **task_cases.CASES, **rejection_cases.CASES, **batch_cases.CASES}


def main(wire):
    for name, case in CASES.items():
        try:
            with Bench(wire) as bench:
                case(bench)
            print(name, "ok", flush=True)
        except Exception as error:  # any error fails the case
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            print(name, "failed", reason, flush=True)


main(sys.argv[1])
