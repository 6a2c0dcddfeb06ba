"""A Node process that is sent one JSON line for each invocation, and answers with one."""

import json
import os
import select
import signal
import subprocess
import tempfile
import time
from pathlib import Path

BOOTSTRAP = Path(__file__).parent / "bootstrap.mjs"
READ_BYTES = 65_536
# Lambda answers with 6 MB at most.
MAX_ANSWER_BYTES = 8_000_000
MAX_LOG_BYTES = 1_000_000


class ProcessEnded(Exception):
    """Before it answered."""


class ProcessTimedOut(Exception):
    """It did not answer in time."""


class NodeProcess:
    """
    The process leads a session of its own, so that it ends with every process it started. It reads requests from one pipe and
    writes answers to another; its stdout and stderr are the log. When LocalStack ends, however that comes, the pipes close,
    and the process ends by itself.
    """

    def __init__(self, environment, directory):
        request_read, self._requests = os.pipe()
        self._answers, answer_write = os.pipe()
        # A file, unlike a pipe, never makes the process wait for a reader.
        self._log = tempfile.TemporaryFile(mode="ab+")
        try:
            self._process = subprocess.Popen(
                ["node", str(BOOTSTRAP), str(request_read), str(answer_write)],
                env=environment,
                cwd=directory,
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                pass_fds=(request_read, answer_write),
                start_new_session=True,
            )
        finally:
            os.close(request_read)
            os.close(answer_write)
        self._buffer = bytearray()

    def send(self, request):
        line = json.dumps(request).encode() + b"\n"
        try:
            while line:
                line = line[os.write(self._requests, line) :]
        except BrokenPipeError as cause:
            raise ProcessEnded(self._describe_end()) from cause

    def receive(self, timeout_seconds):
        """Waits for one answer. Raises ProcessEnded or ProcessTimedOut."""
        deadline = time.monotonic() + timeout_seconds
        poll = select.poll()
        poll.register(self._answers, select.POLLIN)
        while b"\n" not in self._buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not poll.poll(left * 1000):
                raise ProcessTimedOut(f"no answer within {timeout_seconds} seconds")
            chunk = os.read(self._answers, READ_BYTES)
            if not chunk:
                raise ProcessEnded(self._describe_end())
            self._buffer += chunk
            if len(self._buffer) > MAX_ANSWER_BYTES:
                raise ProcessEnded(f"the answer is longer than {MAX_ANSWER_BYTES} bytes")
        line, _, rest = self._buffer.partition(b"\n")
        self._buffer = bytearray(rest)
        return json.loads(line)

    def take_log(self):
        """What was logged since the last call, and ends with a line's end."""
        if self._log.closed:
            return ""
        size = os.fstat(self._log.fileno()).st_size
        text = os.pread(self._log.fileno(), MAX_LOG_BYTES, max(0, size - MAX_LOG_BYTES)).decode(errors="replace")
        os.ftruncate(self._log.fileno(), 0)
        return text if text == "" or text.endswith("\n") else f"{text}\n"

    def kill(self):
        """Ends the process and all its children. Its log can be taken once more."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()
        for descriptor in (self._requests, self._answers):
            try:
                os.close(descriptor)
            except OSError:
                pass
        self._requests = self._answers = -1

    def _describe_end(self):
        status = self._process.wait()
        how = f"exit status {status}" if status >= 0 else f"signal {signal.Signals(-status).name}"
        return f"Runtime exited with {how}"
