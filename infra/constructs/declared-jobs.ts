import { CustomResource, Stack, Validations } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ApplicationLogLevel, CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { deployFunctions } from '../../lib/topology.ts';
import type { Attachment } from './attachment.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';

/**
 * A job in the form that `POST /api/v1/jobs` accepts. Its `name` defaults to the name under which it is declared.
 *
 * Anyone who can read the template can read these values, also values that Belfry encrypts later. Pass a credential as a
 * dynamic reference, such as `{{resolve:secretsmanager:NAME:SecretString:token}}` or the result of
 * `secret.secretValueFromJson('token').unsafeUnwrap()`. CloudFormation resolves it when it calls Belfry, and does not show the
 * value. It reads the value when the declaration changes, not when the secret changes, and inserts it into JSON unchanged, so
 * the value must not need escapes. Alternatively, create the job through the API.
 */
export type JobDeclaration = {
  /** The key of the job in the API. The default is the name under which it is declared. */
  key?: string;
  schedule: string;
  timeZone?: string;
  api: string;
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  headers?: Record<string, string>;
  /** Headers whose values are encrypted and never shown, in addition to headers that Belfry recognizes by name. */
  secretHeaders?: string[];
  body?: unknown;
  type?: 'AT_LEAST_ONCE' | 'AT_MOST_ONCE';
  isRecurring?: boolean;
  maxRetryCount?: number;
  /** How long retries wait. With `delaysSeconds`, leave `maxRetryCount` out. */
  retry?:
    | { initialMs?: number; factor?: number; maxMs?: number; jitter?: number }
    | { delaysSeconds: number[]; jitter?: number }
    | null;
  maxAgeSeconds?: number | null;
  stopOn?: (number | '2xx' | '3xx' | '4xx' | '5xx')[] | null;
  success?: { statuses?: (number | '2xx' | '3xx' | '4xx' | '5xx')[]; contains?: string | null } | null;
  timeoutMs?: number;
  /** Which responses the history keeps. @default failures */
  keepResponse?: 'failures' | 'always' | 'never';
  /** Whether requests carry a `traceparent`. @default true */
  isTraced?: boolean;
  /** The days after its last run for which a finished job is kept; null keeps it for ever. @default 7 */
  deleteFinishedAfterDays?: number | null;
  /** Where Belfry reports each failed execution, and the first success after a failure. */
  onFailure?: string | null;
  onRecovery?: string | null;
  /** Belfry pauses the job after this number of failed executions in a row. */
  pauseAfterFailures?: number | null;
  isActive?: boolean;
  name?: string;
  description?: string;
  tags?: string[];
  group?: string;
};

/** The jobs that a stack declares. A deployment creates or changes them, and deletes jobs that are no longer declared. */
export class DeclaredJobs extends Construct {
  readonly keep: ServiceFunction;
  readonly #provider: Provider;

  constructor(
    scope: Construct,
    id: string,
    props: { defaults: FunctionDefaults; attachments: Attachment[]; environment: Record<string, string> },
  ) {
    super(scope, id);
    this.keep = new ServiceFunction(this, 'Keep', {
      description: 'Creates, changes and deletes the jobs that the stack declares',
      settings: deployFunctions.declaredJobs,
      ...props,
    });
    const { logRetention, removalPolicy } = props.defaults;
    const logGroup = new LogGroup(this, 'ProviderLogs', { retention: logRetention, removalPolicy });
    const role = new Role(this, 'ProviderRole', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    this.#provider = new Provider(this, 'Provider', {
      onEventHandler: this.keep.lambda,
      frameworkOnEventRole: role,
      // At other levels it would log each request with all of its properties, including resolved secrets.
      frameworkLambdaLoggingLevel: ApplicationLogLevel.FATAL,
      logGroup,
    });
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${logicalId(this.keep)}.Arn>:*]`,
      reason: 'The role invokes one function; the CDK allows it to invoke every version of this function.',
    });
  }

  /** Declares a job. @param name 1 to 200 characters. It is the key of the job, unless the job has a key. After a change of the key, it is a different job. */
  add(name: string, job: JobDeclaration): CustomResource {
    return new CustomResource(this, `Job-${name}`, {
      resourceType: 'Custom::BelfryJob',
      serviceToken: this.#provider.serviceToken,
      // The job is passed as one string, because CloudFormation would turn its numbers and booleans into strings.
      properties: { Name: name, Job: JSON.stringify(job) },
    });
  }
}

function logicalId({ lambda }: ServiceFunction): string {
  const { defaultChild } = lambda.node;
  if (!(defaultChild instanceof CfnFunction))
    throw new Error('the function is not a CloudFormation resource');
  return Stack.of(lambda).resolve(defaultChild.logicalId);
}
