"""Custom resources of CloudFormation: invokes the function that serves them, and waits for what it sends."""

import json
import uuid
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError

from botocore.config import Config
from localstack.aws.connect import connect_to
from localstack.http import Response
from localstack.services.cloudformation.resource_provider import OperationStatus, ProgressEvent, ResourceProvider
from localstack.services.edge import ROUTER

# bootstrap.mjs leads requests for it to the emulator.
RESPONSE_HOST = "custom-resource-response.invalid"
RESPONSE_PATH = "/_belfry/custom-resources"
# CloudFormation waits for an hour; a function runs for a quarter of one.
WAIT_SECONDS = 3_600
INVOCATION_SECONDS = 910

# By the token in the address that the function was given.
waiting: dict[str, Future] = {}


def take_response(request, token):
    """PUT of the result that the function reports."""
    response = waiting.get(token)
    if response is None or response.done():
        return Response("no request waits for it", status=403)
    response.set_result(json.loads(request.data))
    return Response(status=200)


ROUTER.add(f"{RESPONSE_PATH}/<token>", take_response, methods=["PUT"])


class CustomResourceProvider(ResourceProvider):
    """
    A resource's model is the data that its function has given, for `Fn::GetAtt`, with its physical id and with the properties
    that it was last asked for, which the next request needs.
    """

    TYPE = "AWS::CloudFormation::CustomResource"
    SCHEMA = {"typeName": TYPE, "primaryIdentifier": ["/properties/PhysicalResourceId"], "properties": {}}

    def create(self, request):
        return self._ask(request, "Create", request.desired_state)

    def update(self, request):
        previous = request.previous_state or {}
        event = {
            "PhysicalResourceId": previous.get("PhysicalResourceId"),
            "OldResourceProperties": as_text(previous.get("Requested", {})),
        }
        result = self._ask(request, "Update", request.desired_state, event)
        is_replaced = (
            result.status == OperationStatus.SUCCESS
            and result.resource_model["PhysicalResourceId"] != previous.get("PhysicalResourceId")
        )
        if is_replaced:
            self.delete(request)
        return result

    def delete(self, request):
        previous = request.previous_state or request.desired_state
        physical_id = previous.get("PhysicalResourceId")
        if physical_id is None:
            # It was never made.
            return ProgressEvent(OperationStatus.SUCCESS, resource_model={})
        return self._ask(request, "Delete", previous["Requested"], {"PhysicalResourceId": physical_id})

    def _ask(self, request, request_type, properties, more=None):
        token = uuid.uuid4().hex
        event = {
            "RequestType": request_type,
            "ResponseURL": f"https://{RESPONSE_HOST}{RESPONSE_PATH}/{token}",
            "StackId": request.stack_id,
            "RequestId": token,
            "ResourceType": request.resource_type,
            "LogicalResourceId": request.logical_resource_id,
            "ResourceProperties": as_text(properties),
            **(more or {}),
        }
        waiting[token] = Future()
        try:
            failure = invoke(request, properties["ServiceToken"], event)
            if failure is not None and not waiting[token].done():
                return ProgressEvent(OperationStatus.FAILED, resource_model={}, message=failure)
            timeout = int(properties.get("ServiceTimeout", WAIT_SECONDS))
            response = waiting[token].result(timeout)
        except FutureTimeoutError:
            message = f"{request.logical_resource_id}: its function has not answered within {timeout} seconds"
            return ProgressEvent(OperationStatus.FAILED, resource_model={}, message=message)
        finally:
            del waiting[token]
        if response["Status"] != "SUCCESS":
            return ProgressEvent(OperationStatus.FAILED, resource_model={}, message=response.get("Reason", ""))
        model = {
            **(response.get("Data") or {}),
            "PhysicalResourceId": response["PhysicalResourceId"],
            "Requested": properties,
        }
        return ProgressEvent(OperationStatus.SUCCESS, resource_model=model)


def invoke(request, service_token, event):
    """The error of a function that failed without an answer."""
    config = Config(read_timeout=INVOCATION_SECONDS, retries={"total_max_attempts": 1})
    factory = connect_to(
        aws_access_key_id=request.account_id, region_name=request.region_name, config=config
    )
    invocation = factory.lambda_.invoke(FunctionName=service_token, Payload=json.dumps(event))
    if "FunctionError" not in invocation:
        return None
    return invocation["Payload"].read().decode(errors="replace")


def as_text(properties):
    """CloudFormation makes texts of numbers and flags."""
    if isinstance(properties, dict):
        return {name: as_text(value) for name, value in properties.items()}
    if isinstance(properties, list):
        return [as_text(value) for value in properties]
    if isinstance(properties, bool):
        return "true" if properties else "false"
    return properties if properties is None else str(properties)
