import { fileURLToPath } from 'node:url';
import { ArnFormat, Duration, type RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, LoggingFormat, RecursiveLoop, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionSettings } from '../../lib/topology.ts';
import { addAuthorities, type AddFiles, bundlingWith, nodeOptions } from '../bundling.ts';
import type { Attachment } from './attachment.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The network in which functions run. Without one they run outside any VPC. */
export type FunctionNetwork = {
  vpc: IVpc;
  subnets: SubnetSelection;
  securityGroup: ISecurityGroup;
  /**
   * The network's range, such as `10.40.0.0/16`. Jobs may not call it unless it is explicitly allowed.
   *
   * @default the range of the VPC, if that is known
   */
  range?: string;
};

/** Settings that all functions of a deployment share. */
export type FunctionDefaults = {
  /** Names the deployment in metrics and logs. */
  deployment: string;
  network?: FunctionNetwork;
  logRetention: RetentionDays;
  removalPolicy: RemovalPolicy;
  isTraced: boolean;
  /** True if each function reserves the concurrency of its settings from the account's concurrency. */
  reservesConcurrency: boolean;
};

type Props = {
  settings: FunctionSettings;
  defaults: FunctionDefaults;
  attachments: Attachment[];
  environment?: Record<string, string>;
  description: string;
  /** Adds files to the bundle. @default the certificate authorities of RDS */
  addFiles?: AddFiles;
  /** True if the function may be invoked by messages that it caused itself. @default false */
  allowsRecursion?: boolean;
};

/** A function of Belfry, with its bundle, its role and its log group. */
export class ServiceFunction extends Construct {
  readonly lambda: NodejsFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;
  readonly settings: FunctionSettings;

  constructor(
    scope: Construct,
    id: string,
    {
      settings,
      defaults,
      attachments,
      environment,
      description,
      addFiles = addAuthorities,
      allowsRecursion = false,
    }: Props,
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
      bundling: bundlingWith(addFiles),
      // Omits a variable that only version 2 of the SDK uses.
      awsSdkConnectionReuse: false,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: settings.memoryMb,
      timeout: Duration.seconds(settings.timeoutSeconds),
      role: this.role,
      logGroup: this.logGroup,
      // The lines are already JSON, and CloudWatch reads metrics only from lines that are pure JSON.
      loggingFormat: LoggingFormat.TEXT,
      ...(allowsRecursion && { recursiveLoop: RecursiveLoop.ALLOW }),
      tracing: defaults.isTraced ? Tracing.ACTIVE : Tracing.DISABLED,
      environment: {
        NODE_OPTIONS: nodeOptions(settings),
        // By default glibc gives each thread a separate arena, which wastes memory in a process that mostly waits.
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
        reason: "X-Ray's actions do not support resources.",
      });
    }
  }
}

/** Makes a role with specific rights only. Lambda's managed policies have wildcards. */
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

/** Grants the rights with which Lambda connects a function to a network; Lambda uses the function's own role. */
function allowNetworkInterfaces(role: Role): void {
  const describe = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];
  role.addToPolicy(new PolicyStatement({ actions: [...CHANGE_INTERFACES, ...describe], resources: ['*'] }));
  // Only Lambda itself may use these rights. Calls by the function's code carry the function's ARN and are denied.
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
    reason:
      'The network interfaces that Lambda creates have no known names. The code itself is denied access to them.',
  });
}
