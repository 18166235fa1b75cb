"""A process for tests: says what it was told, and ends as it was told."""

import json
import os
import signal
import time


def main(arguments: list[str]) -> None:
    if "stubborn" in arguments:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threads = len(os.listdir(f"/proc/{os.getppid()}/task"))
    print(json.dumps([arguments, dict(os.environ), os.getsid(0) == os.getpid(), threads]))
    if "dies" in arguments:
        raise SystemExit("the database is closed")
    print("ready", flush=True)
    time.sleep(60)
