import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { PageFiles } from '../../infra/constructs/page-files.ts';
import { hashedFileCaching, hashedFolders, pageHeaders } from '../../lib/page-files.ts';
import { type Resource, synthesise } from './support/synthesise.ts';
import { withoutBundles } from './support/variants.ts';

const behaviour = z.object({
  AllowedMethods: z.array(z.string()).optional(),
  CachePolicyId: z.string(),
  Compress: z.boolean(),
  TargetOriginId: z.string(),
  OriginRequestPolicyId: z.string().optional(),
  ViewerProtocolPolicy: z.string(),
});
const schema = z.object({
  DistributionConfig: z.object({
    DefaultRootObject: z.unknown(),
    DefaultCacheBehavior: behaviour,
    CacheBehaviors: z.array(behaviour.extend({ PathPattern: z.string() })),
    CustomErrorResponses: z.array(z.object({ ErrorCode: z.number(), ErrorCachingMinTTL: z.number() })),
    Origins: z.array(
      z.object({
        Id: z.string(),
        DomainName: z.unknown(),
        OriginAccessControlId: z.unknown().optional(),
        CustomOriginConfig: z.unknown().optional(),
      }),
    ),
  }),
});

// The ids of AWS's own policies, which are the same in every account.
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6';
const ALL_BUT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

const { only, ofType, outputs } = synthesise('dev with CloudFront');
const bucket = only('AWS::S3::Bucket');
const copy = only('Custom::CDKBucketDeployment');

const statementSchema = z.object({
  Effect: z.string(),
  Action: z.unknown(),
  Resource: z.unknown(),
  Principal: z.unknown().optional(),
  Condition: z.unknown().optional(),
});
const statementsOf = ({ Properties }: Resource) =>
  z.object({ PolicyDocument: z.object({ Statement: z.array(statementSchema) }) }).parse(Properties)
    .PolicyDocument.Statement;

describe('CloudFront in front of the gateway', () => {
  const { DistributionConfig: config } = schema.parse(only('AWS::CloudFront::Distribution').Properties);

  test('answers of the API are never kept, and get every header but the host', () => {
    expect(config.DefaultCacheBehavior).toMatchObject({
      CachePolicyId: CACHING_DISABLED,
      OriginRequestPolicyId: ALL_BUT_HOST,
      ViewerProtocolPolicy: 'redirect-to-https',
    });
    expect(config.DefaultCacheBehavior.AllowedMethods).toEqual(
      expect.arrayContaining(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']),
    );
  });

  test('an error is not kept, because another caller may have another key', () => {
    expect(config.CustomErrorResponses.map(({ ErrorCode }) => ErrorCode)).toEqual(
      expect.arrayContaining([400, 403, 404, 500, 502, 503, 504]),
    );
    for (const { ErrorCachingMinTTL } of config.CustomErrorResponses) expect(ErrorCachingMinTTL).toBe(0);
  });

  test('only hashed files come from the bucket, compressed, and are kept', () => {
    const origin = config.Origins.find(({ OriginAccessControlId }) => OriginAccessControlId !== undefined);
    expect(origin?.DomainName).toEqual({ 'Fn::GetAtt': [bucket.id, 'RegionalDomainName'] });
    expect(config.CacheBehaviors.map(({ PathPattern }) => PathPattern)).toEqual(
      hashedFolders.map((folder) => `/v1/${folder}/*`),
    );
    for (const kept of config.CacheBehaviors)
      expect(kept).toMatchObject({
        TargetOriginId: origin?.Id,
        CachePolicyId: CACHING_OPTIMIZED,
        Compress: true,
        ViewerProtocolPolicy: 'redirect-to-https',
      });
    expect(config.DefaultCacheBehavior.TargetOriginId).not.toBe(origin?.Id);
  });

  test('the gateway is called over TLS, and the root leads to the dashboard', () => {
    const gateway = config.Origins.find(({ Id }) => Id === config.DefaultCacheBehavior.TargetOriginId);
    expect(gateway?.CustomOriginConfig).toMatchObject({
      OriginProtocolPolicy: 'https-only',
      OriginSSLProtocols: ['TLSv1.2'],
    });
    expect(config.DefaultRootObject).toBe('v1/ui/index.html');
    expect(outputs).toContain('DashboardUrl');
  });

  test('a file of the bucket has the same headers as from the function', () => {
    const { ResponseHeadersPolicyConfig: headers } = z
      .object({
        ResponseHeadersPolicyConfig: z.object({ SecurityHeadersConfig: z.unknown(), Name: z.unknown() }),
      })
      .parse(only('AWS::CloudFront::ResponseHeadersPolicy').Properties);
    expect(pageHeaders['x-content-type-options']).toBe('nosniff');
    expect(headers.SecurityHeadersConfig).toEqual({
      ContentSecurityPolicy: {
        ContentSecurityPolicy: pageHeaders['content-security-policy'],
        Override: true,
      },
      ContentTypeOptions: { Override: true },
      ReferrerPolicy: { ReferrerPolicy: pageHeaders['referrer-policy'], Override: true },
    });
    expect(Object.keys(pageHeaders)).toHaveLength(3);
    expect(copy.Properties['SystemMetadata']).toEqual({ 'cache-control': hashedFileCaching });
  });

  test('names that all regions of an account share contain the region and the deployment', () => {
    const named = [
      only('AWS::CloudFront::ResponseHeadersPolicy').Properties['ResponseHeadersPolicyConfig'],
      only('AWS::CloudFront::OriginAccessControl').Properties['OriginAccessControlConfig'],
    ];
    for (const one of named)
      expect(one).toMatchObject({ Name: { 'Fn::Join': ['', ['belfry-dev-', { Ref: 'AWS::Region' }]] } });
  });
});

describe('the bucket of the hashed files', () => {
  test('the bucket is private, encrypted, and gives its files to one distribution over TLS', () => {
    expect(bucket.Properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
    const statements = statementsOf(only('AWS::S3::BucketPolicy'));
    expect(statements.filter(({ Effect }) => Effect === 'Deny')).toMatchObject([
      { Action: 's3:*', Principal: { AWS: '*' }, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      { Action: 's3:*', Principal: { AWS: '*' }, Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } },
    ]);
    const readers = statements.filter(
      ({ Effect, Principal }) => Effect === 'Allow' && JSON.stringify(Principal).includes('cloudfront'),
    );
    expect(readers).toMatchObject([{ Action: 's3:GetObject' }]);
    const { StringEquals } = z.object({ StringEquals: z.unknown() }).parse(readers[0]?.Condition);
    expect(JSON.stringify(StringEquals)).toContain(
      `:distribution/",{"Ref":"${only('AWS::CloudFront::Distribution').id}"}`,
    );
  });

  test('a deployment copies the new files before the function that names them, and deletes none', () => {
    expect(copy.Properties).toMatchObject({
      DestinationBucketName: { Ref: bucket.id },
      DestinationBucketKeyPrefix: 'v1',
      Prune: false,
    });
    expect(bucket.Properties).not.toHaveProperty('LifecycleConfiguration');
    const ui = ofType('AWS::Lambda::Function').find(({ Properties }) =>
      String(Properties['Description']).includes('dashboard'),
    );
    expect(ui?.DependsOn).toContain(copy.id);
    expect(only('AWS::CloudFront::Distribution').DependsOn).toContain(copy.id);
  });

  test('the function that copies the files may read assets, and write below its prefix', () => {
    const [rights] = ofType('AWS::IAM::Policy').filter(({ id }) => id.includes('PageFiles'));
    expect(rights && statementsOf(rights)).toMatchObject([
      { Effect: 'Allow', Action: 's3:GetObject' },
      {
        Effect: 'Allow',
        Action: 's3:PutObject',
        Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [bucket.id, 'Arn'] }, '/v1/*']] },
      },
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: { 'Fn::GetAtt': [bucket.id, 'Arn'] } },
      { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] },
    ]);
  });

  test('a stack that is deleted empties the bucket and deletes it with all logs', () => {
    expect(bucket.DeletionPolicy).toBe('Delete');
    expect(only('Custom::S3AutoDeleteObjects').Properties).toMatchObject({
      BucketName: { Ref: bucket.id },
    });
    const functions = ofType('AWS::Lambda::Function').filter(({ id }) => /^Custom(S3|CDKBucket)/.test(id));
    expect(functions).toHaveLength(2);
    for (const { Properties } of functions)
      expect(Properties).toHaveProperty('LoggingConfig.LogGroup.Ref', expect.stringContaining('PageFiles'));
  });

  test('a second deployment with CloudFront in the same stack is refused, because both would share a role', () => {
    const stack = new Stack(new App({ context: withoutBundles }), 'Two');
    const settings = {
      prefix: 'v1',
      logRetention: RetentionDays.ONE_DAY,
      removalPolicy: RemovalPolicy.DESTROY,
    };
    expect(new PageFiles(stack, 'First', settings).bucket).toBeDefined();
    expect(() => new PageFiles(stack, 'Second', settings)).toThrow(
      'one stack can have one Belfry with CloudFront',
    );
  });

  test('a stage without the option has no distribution and no bucket', () => {
    const without = synthesise('dev');
    for (const type of ['AWS::CloudFront::Distribution', 'AWS::S3::Bucket', 'Custom::CDKBucketDeployment'])
      expect(without.ofType(type)).toEqual([]);
  });
});
