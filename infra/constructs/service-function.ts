import { fileURLToPath } from 'node:url';
import { ArnFormat, Duration, type RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, LoggingFormat, RecursiveLoop, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionSettings } from '../../lib/topology.ts';
import { bundling, nodeOptions } from '../bundling.ts';
import type { Attachment } from './attachment.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The network that functions are put into; without one they run outside of any VPC. */
export type FunctionNetwork = {
  vpc: IVpc;
  subnets: SubnetSelection;
  securityGroup: ISecurityGroup;
  /**
   * Its range, which jobs may not call unless it is allowed by name, such as `10.40.0.0/16`.
   *
   * @default asked of the VPC, which knows it unless it was imported without
   */
  range?: string;
};

/** What all functions of a deployment have in common. */
export type FunctionDefaults = {
  /** Names the deployment in metrics and logs. */
  deployment: string;
  network?: FunctionNetwork;
  logRetention: RetentionDays;
  removalPolicy: RemovalPolicy;
  isTraced: boolean;
  /** Whether each function keeps the concurrency of its settings to itself, out of the account's. */
  reservesConcurrency: boolean;
};

type Props = {
  settings: FunctionSettings;
  defaults: FunctionDefaults;
  attachments: Attachment[];
  environment?: Record<string, string>;
  description: string;
  /** Whether Lambda lets it be invoked by messages that come of its own. @default false */
  allowsRecursion?: boolean;
};

/** A function as every one of Belfry's is made: its bundle, its role, its log group. */
export class ServiceFunction extends Construct {
  readonly lambda: NodejsFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;
  readonly settings: FunctionSettings;

  constructor(
    scope: Construct,
    id: string,
    { settings, defaults, attachments, environment, description, allowsRecursion = false }: Props,
  ) {
    super(scope, id);
    this.settings = settings;
    const { network } = defaults;
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: defaults.logRetention,
      removalPolicy: defaults.removalPolicy,
    });
    this.role = makeRole(this, this.logGroup, network);
    this.lambda = new NodejsFunction(this, 'Function', {
      description,
      entry: `${ROOT}${settings.entry}`,
      projectRoot: ROOT,
      depsLockFilePath: `${ROOT}package-lock.json`,
      bundling,
      // A variable for version 2 of the SDK.
      awsSdkConnectionReuse: false,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: settings.memoryMb,
      timeout: Duration.seconds(settings.timeoutSeconds),
      role: this.role,
      logGroup: this.logGroup,
      // Lines are JSON already, and CloudWatch takes metrics from lines that are nothing else.
      loggingFormat: LoggingFormat.TEXT,
      ...(allowsRecursion && { recursiveLoop: RecursiveLoop.ALLOW }),
      tracing: defaults.isTraced ? Tracing.ACTIVE : Tracing.DISABLED,
      environment: {
        NODE_OPTIONS: nodeOptions(settings),
        // glibc gives each thread an arena of its own, which for a process that waits most of the time is memory lost.
        MALLOC_ARENA_MAX: '2',
        BELFRY_DEPLOYMENT: defaults.deployment,
        ...Object.assign({}, ...attachments.map((attachment) => attachment.environment)),
        ...environment,
      },
      ...(network && {
        vpc: network.vpc,
        vpcSubnets: network.subnets,
        securityGroups: [network.securityGroup],
      }),
      ...(defaults.reservesConcurrency && { reservedConcurrentExecutions: settings.maxConcurrency }),
    });
    for (const { grantUse, connections } of attachments) {
      grantUse?.(this.role);
      if (network !== undefined && connections !== undefined)
        this.lambda.connections.allowToDefaultPort({ connections });
    }
    if (defaults.isTraced) {
      Validations.of(this.role).acknowledge({
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'X-Ray takes segments of whoever may send any: its actions know no resources.',
      });
    }
  }
}

/** Named rights alone, where the managed policies of Lambda have wildcards. */
function makeRole(scope: Construct, logGroup: LogGroup, network: FunctionNetwork | undefined): Role {
  const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  if (network !== undefined) allowNetworkInterfaces(role);
  return role;
}

const CHANGE_INTERFACES = [
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** Lambda puts a function into a network by the function's own role. */
function allowNetworkInterfaces(role: Role): void {
  const describe = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];
  role.addToPolicy(new PolicyStatement({ actions: [...CHANGE_INTERFACES, ...describe], resources: ['*'] }));
  // So asked by Lambda alone: what the function's code asks for bears the function's name.
  const anyFunction = Stack.of(role).formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  role.addToPolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      actions: CHANGE_INTERFACES,
      resources: ['*'],
      conditions: { ArnLike: { 'lambda:SourceFunctionArn': anyFunction } },
    }),
  );
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'The network interfaces that Lambda makes have no names to give; the code itself is denied them.',
  });
}
