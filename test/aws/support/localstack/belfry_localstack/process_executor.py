"""Runs the functions of LocalStack as Node processes on this machine, where LocalStack itself needs Docker."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from localstack import config
from localstack.services.lambda_.invocation.executor_endpoint import StatusErrorException
from localstack.services.lambda_.invocation.lambda_models import InvocationResult
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

from belfry_localstack.node_process import NodeProcess, ProcessEnded, ProcessTimedOut

# AWS gives a function 10 seconds to load; this machine may be busy with others.
LOAD_TIMEOUT_SECONDS = 60


class ProcessExecutor(RuntimeExecutor):
    """One execution environment: a process that serves one invocation after the other."""

    def __init__(self, id, function_version):
        super().__init__(id=id, function_version=function_version)
        self._environment = {}
        self._process = None
        # Guards the three fields below and the process itself.
        self._lock = Lock()
        self._is_invoking = False
        self._is_stopped = False

    def start(self, env_vars):
        code = self.function_version.config.code
        code.prepare_for_execution()
        task_root = str(code.get_unzipped_code_location())
        self._environment = {
            **{name: str(value) for name, value in env_vars.items()},
            "LAMBDA_TASK_ROOT": task_root,
            "PATH": os.environ["PATH"],
            "HOME": os.environ["HOME"],
            "TMPDIR": os.environ["TMPDIR"],
            "TZ": "UTC",
            # Lambda's runtime has the AWS SDK, where CommonJS finds it.
            "NODE_PATH": os.environ.get("BELFRY_FUNCTION_NODE_PATH", ""),
        }
        self._load()

    def _load(self):
        process = NodeProcess(self._environment, self._environment["LAMBDA_TASK_ROOT"])
        try:
            answer = process.receive(LOAD_TIMEOUT_SECONDS)
        except (ProcessEnded, ProcessTimedOut) as cause:
            process.kill()
            failure = {"errorType": "Runtime.ExitError", "errorMessage": f"{cause}: {process.take_log()}"}
            raise StatusErrorException("the function did not load", json.dumps(failure).encode()) from cause
        if "error" in answer:
            process.kill()
            failure = json.dumps(answer["error"]).encode()
            raise StatusErrorException("the function did not load", failure)
        self._process = process

    def stop(self):
        """A running invocation continues to its end, as on AWS when a function's code is replaced."""
        with self._lock:
            self._is_stopped = True
            if not self._is_invoking and self._process is not None:
                self._process.kill()

    def invoke(self, payload):
        with self._lock:
            self._is_invoking = True
        try:
            if self._process is None:
                self._load()
            return self._send(payload)
        finally:
            with self._lock:
                self._is_invoking = False
                if self._is_stopped and self._process is not None:
                    self._process.kill()

    def _send(self, payload):
        process = self._process
        request_id = payload["invoke-id"]
        timeout = int(self.function_version.config.timeout)
        invocation = {
            "requestId": request_id,
            "functionArn": payload["invoked-function-arn"],
            "traceId": payload["trace-id"],
            "event": payload["payload"],
            "timeoutMs": timeout * 1000,
        }
        try:
            process.send(invocation)
            answer = process.receive(timeout)
        except ProcessTimedOut:
            at = datetime.now(UTC).isoformat(timespec="milliseconds")
            message = f"{at} {request_id} Task timed out after {timeout}.00 seconds"
            answer = {"error": {"errorType": "Sandbox.Timedout", "errorMessage": message}}
            self._give_up(process)
        except ProcessEnded as cause:
            message = f"RequestId: {request_id} Error: {cause}"
            answer = {"error": {"errorType": "Runtime.ExitError", "errorMessage": message}}
            self._give_up(process)
        is_error = "error" in answer
        result = json.dumps(answer["error"]) if is_error else answer["result"]
        log = f"START RequestId: {request_id}\n{process.take_log()}END RequestId: {request_id}\n"
        return InvocationResult(request_id, result.encode(), is_error, log)

    def _give_up(self, process):
        """The next invocation starts another process."""
        process.kill()
        self._process = None

    def get_logs(self):
        return "" if self._process is None else self._process.take_log()

    def get_address(self):
        return "127.0.0.1"

    def get_endpoint_from_executor(self):
        return "127.0.0.1"

    def get_runtime_endpoint(self):
        """Not used: the process is spoken to over pipes."""
        return f"http://127.0.0.1:{config.GATEWAY_LISTEN[0].port}"

    @classmethod
    def prepare_version(cls, function_version):
        function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version):
        """LocalStack removes the code itself."""

    @classmethod
    def validate_environment(cls):
        return Path(os.environ["HOME"]).is_dir()
