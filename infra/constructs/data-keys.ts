import { type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Attachment } from './attachment.ts';

/** As much of a secret as it takes, in either form that the CDK has for one. */
export type KeySecret = Pick<ISecret, 'secretArn' | 'grantRead' | 'grantWrite'>;

/**
 * The keys that secret headers are encrypted with, in one secret. The first deploy makes the first key; the filling that
 * CloudFormation puts there before is shorter than a key, and gives way to it.
 */
export class DataKeys extends Construct {
  readonly secret: KeySecret;
  /** For functions that encrypt or decrypt. */
  readonly forUse: Attachment;
  /** For the function that makes the first key. */
  readonly forMaking: Attachment;

  /** @param props.removalPolicy of the secret: with it goes every secret header that is stored. */
  constructor(
    scope: Construct,
    id: string,
    props: { secret?: KeySecret | undefined; removalPolicy: RemovalPolicy },
  ) {
    super(scope, id);
    this.secret = props.secret ?? this.#make(props.removalPolicy);
    const environment = { BELFRY_DATA_KEYS_SECRET_ARN: this.secret.secretArn };
    this.forUse = { environment, grantUse: (role) => void this.secret.grantRead(role) };
    this.forMaking = {
      environment,
      grantUse: (role) => {
        this.secret.grantRead(role);
        this.secret.grantWrite(role);
      },
    };
  }

  #make(removalPolicy: RemovalPolicy): Secret {
    const secret = new Secret(this, 'Secret', {
      description: "The keys of Belfry's secret headers",
      removalPolicy,
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'A rotation puts a new key beside the old ones, which has to be seen through: what they encrypted is encrypted anew.',
    });
    return secret;
  }
}
