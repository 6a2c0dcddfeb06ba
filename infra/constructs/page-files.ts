import { fileURLToPath } from 'node:url';
import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct, type IConstruct } from 'constructs';
import { hashedFileCaching } from '../../lib/page-files.ts';
import { hashedFilesOf } from '../bundling.ts';
import { limitLogsOf } from './handler-logs.ts';
import type { FunctionDefaults, ServiceFunction } from './service-function.ts';
import { shownArn } from './shown-arn.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** No other deployment of files in the app has this size, so the CDK gives this one its own function and role. */
const MEMORY_MB = 544;
const COPYING = `Custom::CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C${MEMORY_MB}MiB`;

/**
 * A private bucket with the hashed files of the pages, at the paths that they have at the gateway. A deployment adds its files
 * and deletes none: a tab that was opened before it, and a rollback, still need the files of earlier releases. A rule that
 * deletes objects by their age would delete current files too, because a release writes only the files that changed.
 */
export class PageFiles extends Construct {
  readonly bucket: IBucket;
  readonly deployment: BucketDeployment;

  constructor(
    scope: Construct,
    id: string,
    {
      prefix,
      logRetention,
      removalPolicy,
    }: { prefix: string } & Pick<FunctionDefaults, 'logRetention' | 'removalPolicy'>,
  ) {
    super(scope, id);
    if (this.#findCopying() !== undefined)
      throw new Error(`one stack can have one Belfry with CloudFront, and no other ${COPYING}`);
    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      // A deployment makes the files again, so no stage keeps them.
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
    });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the CDK's class has an optional field that its interface lacks
    this.bucket = bucket as IBucket;
    limitLogsOf(this, 'Custom::S3AutoDeleteObjectsCustomResourceProvider', { logRetention, removalPolicy });
    const logGroup = new LogGroup(this, 'Logs', { retention: logRetention, removalPolicy });
    const files = new Asset(this, 'Files', { path: `${ROOT}site`, ...hashedFilesOf(ROOT) });
    const role = this.#makeRole(files, prefix);
    logGroup.grantWrite(role);
    this.deployment = new BucketDeployment(this, 'Deployment', {
      sources: [Source.bucket(files.bucket, files.s3ObjectKey)],
      destinationBucket: this.bucket,
      destinationKeyPrefix: prefix,
      prune: false,
      cacheControl: [CacheControl.fromString(hashedFileCaching)],
      outputObjectKeys: false,
      memoryLimit: MEMORY_MB,
      // The CDK would add the right to delete files, and to read and list everything.
      role: role.withoutPolicyUpdates(),
      logGroup,
    });
    this.deployment.node.addDependency(role);
    this.#acknowledge();
  }

  /** Deploys the new code of a function, which names the new files, after the files. */
  deployBefore({ lambda }: ServiceFunction): void {
    lambda.node.addDependency(this.deployment);
  }

  /** Makes the role that copies the files. All assets may be read: a rollback needs the assets of the previous release. */
  #makeRole(files: Asset, prefix: string): Role {
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const allow = (action: string, resource: string): void => {
      role.addToPolicy(new PolicyStatement({ actions: [action], resources: [resource] }));
    };
    const assets = files.bucket.arnForObjects('*');
    const written = this.bucket.arnForObjects(`${prefix}/*`);
    allow('s3:GetObject', assets);
    allow('s3:PutObject', written);
    allow('s3:ListBucket', this.bucket.bucketArn);
    for (const resource of [assets, written])
      Validations.of(role).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${shownArn(this, resource)}]`,
        reason: 'The names of assets and files contain their hashes, which change with each release.',
      });
    return role;
  }

  #findCopying(): IConstruct | undefined {
    return Stack.of(this).node.children.find(({ node }) => node.id === COPYING);
  }

  #acknowledge(): void {
    const copying = this.#findCopying();
    if (copying === undefined) throw new Error(`the CDK has no function ${COPYING} in the stack`);
    Validations.of(copying).acknowledge({
      id: 'AwsSolutions-L1',
      reason: 'The CDK chooses the runtime of its own function.',
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'The files are the same for everyone, and only CloudFront can read them.',
    });
  }
}
