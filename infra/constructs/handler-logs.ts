import { CfnResource, Stack } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { FunctionDefaults } from './service-function.ts';

/**
 * Gives a function that the CDK itself put into the stack, to make a resource of its own, a log group that ends and goes with
 * the stack. Lambda would make one that does neither.
 *
 * @param provider the name of the CDK's construct in the stack. @throws Error when there is none.
 */
export function limitLogsOf(
  scope: Construct,
  provider: string,
  { logRetention, removalPolicy }: Pick<FunctionDefaults, 'logRetention' | 'removalPolicy'>,
): void {
  const handler = Stack.of(scope).node.tryFindChild(provider)?.node.tryFindChild('Handler');
  if (!(handler instanceof CfnResource)) throw new Error(`the CDK has no function ${provider} in the stack`);
  const logs = new LogGroup(scope, 'ProviderLogs', { retention: logRetention, removalPolicy });
  handler.addPropertyOverride('LoggingConfig', { LogGroup: logs.logGroupName });
}
