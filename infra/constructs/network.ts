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
  /**
   * Number of NAT gateways: 1, or one for each zone. With one, jobs cannot be called while its zone is down, and traffic from
   * the other zone costs extra.
   */
  natGateways: number;
  /** True if functions call EventBridge Scheduler, in addition to SQS and Secrets Manager. */
  usesScheduler: boolean;
  logs: { retention: RetentionDays; removalPolicy: RemovalPolicy };
};

/** A network in two zones. The functions' subnets can reach the internet; the data subnets cannot. No inbound access exists. */
export class Network extends Construct {
  readonly vpc: IVpc;
  /** The network of the functions. It is created here, so that security groups in this stack can refer to it. */
  readonly functions: FunctionNetwork;

  constructor(scope: Construct, id: string, { natGateways, usesScheduler, logs }: NetworkSettings) {
    super(scope, id);
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(RANGE),
      maxAzs: 2,
      natGateways,
      restrictDefaultSecurityGroup: true,
      subnetConfiguration: [
        // Only for the NAT gateways.
        { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        { name: 'functions', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
        { name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
      // The endpoint is free, and answers to CloudFormation, which go through S3, then avoid the cost of the NAT.
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
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Vpc is an IVpc, except for `undefined` in optional fields
    this.vpc = vpc as IVpc;
    this.functions = makeFunctionNetwork(this, this.vpc);
    // Endpoints for the services that the functions call. Lambda itself transports their logs, metrics and traces.
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

/** Creates the functions' network. Functions may call any address that a job names. No inbound connection is allowed. */
function makeFunctionNetwork(scope: Construct, vpc: IVpc): FunctionNetwork {
  const securityGroup = new SecurityGroup(scope, 'Functions', {
    vpc,
    description: 'Functions of Belfry',
    allowAllOutbound: false,
  });
  securityGroup.addEgressRule(Peer.anyIpv4(), Port.allTcp(), 'Requests to the URLs of jobs');
  return { vpc, subnets: { subnetGroupName: 'functions' }, securityGroup, range: RANGE };
}
