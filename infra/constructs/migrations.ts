import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Trigger } from 'aws-cdk-lib/triggers';
import { Construct } from 'constructs';
import { deployFunctions } from '../../lib/topology.ts';
import type { Attachment } from './attachment.ts';
import { limitLogsOf } from './handler-logs.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';

/** How long a deployment waits for the migrations. It is longer than the function's timeout, to show the function's own error. */
const WAIT = Duration.seconds(deployFunctions.migrate.timeoutSeconds + 30);

/** Updates the database in every deployment. The first deployment also creates the admin key and the first data key. */
export class Migrations extends Construct {
  readonly migrate: ServiceFunction;
  /** Holds the admin's API key as text after the first deployment. */
  readonly adminKey: Secret;
  readonly #trigger: Trigger;

  constructor(
    scope: Construct,
    id: string,
    props: { defaults: FunctionDefaults; database: Attachment; dataKeys: Attachment },
  ) {
    super(scope, id);
    this.adminKey = new Secret(this, 'AdminKey', {
      description: "Belfry's admin key, for X-API-Key",
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(this.adminKey).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'Callers use this key, so an automatic rotation would lock them out. To rotate it, store a new key and invoke the function.',
    });
    this.migrate = new ServiceFunction(this, 'Migrate', {
      description: 'Brings the database up to date',
      settings: deployFunctions.migrate,
      defaults: props.defaults,
      attachments: [
        props.database,
        props.dataKeys,
        {
          environment: { BELFRY_ADMIN_KEY_SECRET_ARN: this.adminKey.secretArn },
          grantUse: (role) => {
            this.adminKey.grantRead(role);
            this.adminKey.grantWrite(role);
          },
        },
      ],
    });
    // The trigger runs again whenever the function changes, and each new migration changes it.
    this.#trigger = new Trigger(this, 'Trigger', { handler: this.migrate.lambda, timeout: WAIT });
    limitLogsOf(this, 'AWSCDK.TriggerCustomResourceProviderCustomResourceProvider', props.defaults);
  }

  /** Deploys the new code of these functions after the migrations. If the migrations fail, they keep their old code. */
  runBefore(...functions: ServiceFunction[]): void {
    this.#trigger.executeBefore(...functions.map(({ lambda }) => lambda));
  }
}
