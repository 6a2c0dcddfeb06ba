import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Trigger } from 'aws-cdk-lib/triggers';
import { Construct } from 'constructs';
import { deployFunctions } from '../../lib/topology.ts';
import type { Attachment } from './attachment.ts';
import { limitLogsOf } from './handler-logs.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';

/** How long the deploy waits for the migrations: longer than the function may run, so that its own error is what is shown. */
const WAIT = Duration.seconds(deployFunctions.migrate.timeoutSeconds + 30);

/** Brings the database up to date on every deploy, and makes the admin key and the first data key on the first. */
export class Migrations extends Construct {
  readonly migrate: ServiceFunction;
  /** Holds the admin's API key, as text, once the first deploy is done. */
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
        'Callers hold this key: a rotation by the clock would lock them out. Put another there, and invoke the function.',
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
    // Again whenever the function changes, as it does with each new migration.
    this.#trigger = new Trigger(this, 'Trigger', { handler: this.migrate.lambda, timeout: WAIT });
    limitLogsOf(this, 'AWSCDK.TriggerCustomResourceProviderCustomResourceProvider', props.defaults);
  }

  /** These get their new code when the database is up to date, and keep the old when it could not be brought there. */
  runBefore(...functions: ServiceFunction[]): void {
    this.#trigger.executeBefore(...functions.map(({ lambda }) => lambda));
  }
}
