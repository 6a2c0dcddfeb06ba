import { CfnResource, CustomResourceProviderBase, Stack } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { FunctionDefaults } from './service-function.ts';

/**
 * Gives a log group to a function that the CDK itself added to the stack for a custom resource. The log group has a retention
 * time and is deleted with the stack. The log group that Lambda would create is kept forever, so the function loses the right to
 * create one: a line that arrives after the stack was deleted would bring its log group back.
 *
 * @param provider the name of the CDK's construct in the stack. @throws Error if there is no such construct.
 */
export function limitLogsOf(
  scope: Construct,
  provider: string,
  { logRetention, removalPolicy }: Pick<FunctionDefaults, 'logRetention' | 'removalPolicy'>,
): void {
  const found = Stack.of(scope).node.tryFindChild(provider);
  const [handler, role] = ['Handler', 'Role'].map((name) => found?.node.tryFindChild(name));
  if (
    !(found instanceof CustomResourceProviderBase) ||
    !(handler instanceof CfnResource) ||
    !(role instanceof CfnResource)
  )
    throw new Error(`the CDK has no function ${provider} in the stack`);
  const logs = new LogGroup(scope, 'ProviderLogs', { retention: logRetention, removalPolicy });
  handler.addPropertyOverride('LoggingConfig', { LogGroup: logs.logGroupName });
  role.addPropertyDeletionOverride('ManagedPolicyArns');
  found.addToRolePolicy({
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: logs.logGroupArn,
  });
}
