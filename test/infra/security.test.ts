import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type Resource, synthesise } from './support/synthesise.ts';
import { managedVariants } from './support/variants.ts';

const statementSchema = z.object({
  Effect: z.string(),
  Action: z.union([z.string(), z.array(z.string())]),
  Resource: z.unknown(),
  Condition: z.unknown().optional(),
});
const policySchema = z.object({
  PolicyDocument: z.object({ Statement: z.array(statementSchema) }),
  Roles: z.array(z.object({ Ref: z.string() })),
});

const statementsOf = ({ Properties }: Resource) => policySchema.parse(Properties).PolicyDocument.Statement;
const listOf = (value: string | string[]): string[] => (typeof value === 'string' ? [value] : value);

describe.each(managedVariants)('%s', (variant) => {
  const { ofType, only, resources, text } = synthesise(variant);

  test('the API is the only entry to the stack', () => {
    const ingress = ofType('AWS::EC2::SecurityGroup').flatMap(({ Properties }) => {
      const rules = Properties['SecurityGroupIngress'];
      return Array.isArray(rules) ? rules : [];
    });
    const all = [...ingress, ...ofType('AWS::EC2::SecurityGroupIngress').map(({ Properties }) => Properties)];
    expect(all.length).toBeGreaterThan(0);
    // Only by reference to another group.
    for (const rule of all) {
      expect(rule).toMatchObject({ SourceSecurityGroupId: expect.anything() });
      expect(rule).not.toHaveProperty('CidrIp');
    }
    for (const { Properties } of ofType('AWS::RDS::DBInstance')) {
      if (Properties['DBClusterIdentifier'] === undefined)
        expect(Properties['PubliclyAccessible']).not.toBe(true);
    }
  });

  test('data are in subnets without internet access, and functions in others', () => {
    const { Properties } = only('AWS::RDS::DBSubnetGroup');
    const subnets = z.array(z.object({ Ref: z.string() })).parse(Properties['SubnetIds']);
    expect(subnets).toHaveLength(2);
    for (const { Ref } of subnets) expect(Ref).toMatch(/Vpcdata/);
    const routes = ofType('AWS::EC2::Route').map((route) => JSON.stringify(route.Properties));
    expect(routes.filter((route) => route.includes('Vpcdata'))).toEqual([]);
    for (const { Properties: settings } of ofType('AWS::Lambda::Function').filter(({ id }) =>
      /^Scheduler(?!Ui)/.test(id),
    )) {
      expect(JSON.stringify(settings['VpcConfig'])).toMatch(/Vpcfunctions/);
    }
  });

  test('stored and transmitted data are encrypted', () => {
    for (const { Properties } of [...ofType('AWS::RDS::DBInstance'), ...ofType('AWS::RDS::DBCluster')]) {
      // An instance of a cluster has the encryption of the cluster.
      if (Properties['DBClusterIdentifier'] === undefined) expect(Properties['StorageEncrypted']).toBe(true);
    }
    const parameters = [
      ...ofType('AWS::RDS::DBParameterGroup'),
      ...ofType('AWS::RDS::DBClusterParameterGroup'),
    ];
    expect(parameters).toHaveLength(1);
    expect(parameters[0]?.Properties['Parameters']).toMatchObject({ 'rds.force_ssl': '1' });
    for (const { Properties } of ofType('AWS::RDS::DBProxy')) expect(Properties['RequireTLS']).toBe(true);
    // A serverless cache is always encrypted, at rest and in transit.
    for (const { Properties } of ofType('AWS::ElastiCache::ReplicationGroup')) {
      expect(Properties).toMatchObject({
        TransitEncryptionEnabled: true,
        TransitEncryptionMode: 'required',
        AtRestEncryptionEnabled: true,
      });
    }
    for (const { Properties } of ofType('AWS::SQS::Queue'))
      expect(Properties['SqsManagedSseEnabled']).toBe(true);
    expect(text).toContain('rediss://');
    expect(text).not.toMatch(/"redis:\/\//);
  });

  test('passwords are generated and rotated by AWS', () => {
    const databases = [...ofType('AWS::RDS::DBInstance'), ...ofType('AWS::RDS::DBCluster')].filter(
      ({ Properties }) => Properties['DBClusterIdentifier'] === undefined,
    );
    expect(databases).toHaveLength(1);
    expect(databases[0]?.Properties).toMatchObject({ ManageMasterUserPassword: true });
    expect(databases[0]?.Properties).not.toHaveProperty('MasterUserPassword');
    expect(only('AWS::ElastiCache::User').Properties).toMatchObject({ AuthenticationMode: { Type: 'iam' } });
  });

  test('each function has a role of its own, with rights on named resources', () => {
    const roles = ofType('AWS::Lambda::Function').map(({ Properties }) => JSON.stringify(Properties['Role']));
    expect(new Set(roles).size).toBe(roles.length);
    const wild = ofType('AWS::IAM::Policy')
      .flatMap(statementsOf)
      .filter(({ Effect, Resource }) => Effect === 'Allow' && [Resource].flat().includes('*'))
      .flatMap(({ Action }) => listOf(Action));
    // These actions have no resource that could be named.
    const nameless = /^(ec2:.*(NetworkInterfaces?|PrivateIpAddresses|DescribeSubnets)|xray:Put\w+)$/;
    expect(wild.filter((action) => !nameless.test(action))).toEqual([]);
    const actions = ofType('AWS::IAM::Policy')
      .flatMap(statementsOf)
      .flatMap(({ Action }) => listOf(Action));
    expect(actions.filter((action) => action.endsWith(':*'))).toEqual([]);
  });

  test('functions may only call out over TCP', () => {
    const functions = ofType('AWS::EC2::SecurityGroup').find(
      ({ Properties }) => Properties['GroupDescription'] === 'Functions of Belfry',
    );
    const world = z
      .array(z.object({ CidrIp: z.string().optional(), IpProtocol: z.string() }))
      .parse(functions?.Properties['SecurityGroupEgress'])
      .filter(({ CidrIp }) => CidrIp === '0.0.0.0/0');
    expect(world.map(({ IpProtocol }) => IpProtocol)).toEqual(['tcp']);
  });

  test('each service that functions use has an endpoint inside the network', () => {
    const services = ofType('AWS::EC2::VPCEndpoint').map(({ Properties }) =>
      JSON.stringify(Properties['ServiceName']),
    );
    const wanted = [
      '.s3',
      '.sqs',
      '.secretsmanager',
      ...(/hibernates|everything/.test(variant) ? ['.scheduler'] : []),
    ];
    expect(wanted.filter((name) => !services.some((service) => service.includes(name)))).toEqual([]);
    expect(resources.length).toBeGreaterThan(50);
  });
});

test('prod keeps its data after a failure, in more than one zone', () => {
  const { only, ofType } = synthesise('prod');
  const instance = only('AWS::RDS::DBInstance');
  expect(instance).toMatchObject({
    DeletionPolicy: 'Snapshot',
    Properties: { MultiAZ: true, DeletionProtection: true, BackupRetentionPeriod: 14 },
  });
  expect(only('AWS::ElastiCache::ReplicationGroup').Properties).toMatchObject({
    NumCacheClusters: 2,
    AutomaticFailoverEnabled: true,
    MultiAZEnabled: true,
  });
  expect(ofType('AWS::EC2::NatGateway')).toHaveLength(2);
});

test('a cache that is full refuses new entries, and evicts nothing that is queued', () => {
  const { only } = synthesise('prod');
  expect(only('AWS::ElastiCache::ParameterGroup').Properties).toMatchObject({
    Properties: { 'maxmemory-policy': 'noeviction' },
  });
});

test('a database that may pause is not kept awake by frozen functions', () => {
  const { only } = synthesise('dev with everything');
  expect(only('AWS::RDS::DBCluster').Properties).toMatchObject({
    ServerlessV2ScalingConfiguration: { MinCapacity: 0, SecondsUntilAutoPause: 300 },
  });
  expect(only('AWS::RDS::DBClusterParameterGroup').Properties).toMatchObject({
    Parameters: { idle_session_timeout: '120000' },
  });
});
