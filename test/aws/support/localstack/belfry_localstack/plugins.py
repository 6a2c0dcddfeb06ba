"""LocalStack finds these by the entry points of this package, and loads the rest only when it needs them."""

from localstack.services.cloudformation.resource_provider import CloudFormationResourceProviderPlugin
from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin


class ProcessExecutorPlugin(RuntimeExecutorPlugin):
    """LAMBDA_RUNTIME_EXECUTOR=process."""

    name = "process"

    def load(self, *args, **kwargs):
        from belfry_localstack.process_executor import ProcessExecutor

        return ProcessExecutor


class CustomResourcePlugin(CloudFormationResourceProviderPlugin):
    """`AWS::CloudFormation::CustomResource`, and every `Custom::` type."""

    name = "AWS::CloudFormation::CustomResource"

    def load(self):
        from belfry_localstack.custom_resource import CustomResourceProvider

        self.factory = CustomResourceProvider
