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
 * A job as `POST /api/v1/jobs` takes it; its `name` is the one it is declared by, unless it says otherwise.
 *
 * What is written here stands in the template, for all who may read that, also what Belfry then encrypts. A credential is
 * to come by a dynamic reference, which CloudFormation fills in on its way to Belfry and shows to nobody, such as
 * `{{resolve:secretsmanager:NAME:SecretString:token}}` or what `secret.secretValueFromJson('token').unsafeUnwrap()` makes of it.
 * It is read when the declaration changes, not when the secret does, and goes into JSON as it is, so it must need no
 * escapes there. Or the job is made by the API instead.
 */
export type JobDeclaration = {
  schedule: string;
  timeZone?: string;
  api: string;
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  headers?: Record<string, string>;
  /** Headers whose values are encrypted and never shown, beside those that are by their names. */
  secretHeaders?: string[];
  body?: unknown;
  type?: 'AT_LEAST_ONCE' | 'AT_MOST_ONCE';
  isRecurring?: boolean;
  maxRetryCount?: number;
  timeoutMs?: number;
  isActive?: boolean;
  name?: string;
  description?: string;
};

/** Jobs that are there after a deploy because the stack says so, and go when it no longer does. */
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
      description: 'Makes, changes and deletes the jobs that the stack declares',
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
      // It would log each request with all of its properties, and with what CloudFormation has filled in there.
      frameworkLambdaLoggingLevel: ApplicationLogLevel.FATAL,
      logGroup,
    });
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${logicalId(this.keep)}.Arn>:*]`,
      reason: 'It invokes one function, of which the CDK lets it invoke every version.',
    });
  }

  /** @param name 1 to 200 characters; a job that is declared by another name is another job. */
  add(name: string, job: JobDeclaration): CustomResource {
    return new CustomResource(this, `Job-${name}`, {
      resourceType: 'Custom::BelfryJob',
      serviceToken: this.#provider.serviceToken,
      // As text: CloudFormation would make texts of its numbers and flags.
      properties: { Name: name, Job: JSON.stringify(job) },
    });
  }
}

function logicalId({ lambda }: ServiceFunction): string {
  const { defaultChild } = lambda.node;
  if (!(defaultChild instanceof CfnFunction)) throw new Error('a function is not one of CloudFormation');
  return Stack.of(lambda).resolve(defaultChild.logicalId);
}
