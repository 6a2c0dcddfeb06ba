import { type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Attachment } from './attachment.ts';

/** The part of a secret that is used. Both forms of a secret in the CDK have it. */
export type KeySecret = Pick<ISecret, 'secretArn' | 'grantRead' | 'grantWrite'>;

/**
 * The secret with the keys that encrypt secret headers. The first deployment creates the first key. It replaces the initial
 * value from CloudFormation, which is shorter than a key.
 */
export class DataKeys extends Construct {
  readonly secret: KeySecret;
  /** The access for functions that encrypt or decrypt. */
  readonly forUse: Attachment;
  /** The access for the function that creates the first key. */
  readonly forMaking: Attachment;

  /** @param props.removalPolicy of the secret. Without the secret, no stored secret header can be decrypted. */
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
        'A rotation adds a new key to the old ones. An operator must complete it: stored headers are encrypted again with the new key.',
    });
    return secret;
  }
}
