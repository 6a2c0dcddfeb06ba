import type { RemovalPolicy } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  type IVpc,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { limitLogsOf } from './handler-logs.ts';
import type { FunctionNetwork } from './service-function.ts';

const RANGE = '10.40.0.0/16';

export type NetworkSettings = {
  /** 1, or one a zone: with one, the calls out end while its zone is away, and all of the others' pay for the way to it. */
  natGateways: number;
  /** Whether functions talk to EventBridge Scheduler as well as to SQS and Secrets Manager. */
  usesScheduler: boolean;
  logs: { retention: RetentionDays; removalPolicy: RemovalPolicy };
};

/** Two zones; functions in subnets with a way out, data in subnets without one, and nothing that the world could enter. */
export class Network extends Construct {
  readonly vpc: IVpc;
  /** Where functions are put. Here, and not beside them, so that what is here can name whom it lets in. */
  readonly functions: FunctionNetwork;

  constructor(scope: Construct, id: string, { natGateways, usesScheduler, logs }: NetworkSettings) {
    super(scope, id);
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(RANGE),
      maxAzs: 2,
      natGateways,
      restrictDefaultSecurityGroup: true,
      subnetConfiguration: [
        // For the NAT gateways alone.
        { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        { name: 'functions', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
        { name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
      // Free, and what CloudFormation is told by way of S3 does not pay for the NAT.
      gatewayEndpoints: { S3: { service: GatewayVpcEndpointAwsService.S3 } },
      flowLogs: {
        Refused: {
          destination: FlowLogDestination.toCloudWatchLogs(new LogGroup(this, 'FlowLogs', logs)),
          trafficType: FlowLogTrafficType.REJECT,
        },
      },
    });
    limitLogsOf(this, 'Custom::VpcRestrictDefaultSGCustomResourceProvider', {
      logRetention: logs.retention,
      removalPolicy: logs.removalPolicy,
    });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- which it implements, but for `undefined` in what may be left out
    this.vpc = vpc as IVpc;
    this.functions = makeFunctionNetwork(this, this.vpc);
    // What the functions need inside. Lambda itself carries their logs, metrics and traces.
    const services = {
      Sqs: InterfaceVpcEndpointAwsService.SQS,
      SecretsManager: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
      ...(usesScheduler && { Scheduler: new InterfaceVpcEndpointAwsService('scheduler') }),
    };
    const endpoints = new SecurityGroup(this, 'Endpoints', { vpc: this.vpc, allowAllOutbound: false });
    for (const [name, service] of Object.entries(services)) {
      vpc.addInterfaceEndpoint(name, {
        service,
        subnets: { subnetGroupName: 'functions' },
        securityGroups: [endpoints],
        open: false,
      });
    }
    endpoints.addIngressRule(this.functions.securityGroup, Port.tcp(443), 'The functions');
  }
}

/** Functions may call out, to any address that a job names; nobody calls in. */
function makeFunctionNetwork(scope: Construct, vpc: IVpc): FunctionNetwork {
  const securityGroup = new SecurityGroup(scope, 'Functions', {
    vpc,
    description: 'Functions of Belfry',
    allowAllOutbound: false,
  });
  securityGroup.addEgressRule(Peer.anyIpv4(), Port.allTcp(), 'Where jobs call to');
  return { vpc, subnets: { subnetGroupName: 'functions' }, securityGroup, range: RANGE };
}
