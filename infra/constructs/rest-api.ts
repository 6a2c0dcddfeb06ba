import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  AccessLogField,
  AccessLogFormat,
  type CorsOptions,
  EndpointType,
  type IApiKey,
  LambdaIntegration,
  LogGroupLogDestination,
  type MethodDeploymentOptions,
  MethodLoggingLevel,
  Period,
  ResponseType,
  RestApi as GatewayRestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { methodsOf, preflight, routes } from '../../lib/topology.ts';
import type { Capacity } from '../capacity.ts';
import { documentApi } from './api-documentation.ts';
import type { ServiceFunction } from './service-function.ts';
import { WebFirewall } from './web-firewall.ts';

export type ApiSettings = {
  /** Of the path that requests begin with: `/{stageName}/api/v1/jobs`. */
  stageName: string;
  /**
   * Environments of the API function at once. What the gateway lets through follows from it: what is beyond is answered 429,
   * and reaches no function.
   */
  maxConcurrency: number;
  /**
   * A second fence: callers need a key of the gateway's as well, in X-API-Key, and send Belfry's as a bearer token. What has
   * no such key, or has used it up, reaches no function.
   */
  usagePlan?: { requestsPerDay: number };
  /** Origins whose pages may call the API, such as https://app.example.com, or `*`. */
  corsOrigins: string[];
  /** A web application firewall: AWS's common rules, and a limit for each address. */
  firewall?: { requestsPerFiveMinutes: number };
  accessLogs: { retention: RetentionDays; removalPolicy: RemovalPolicy };
  /**
   * Whether the role by which the gateway writes logs outlives the stack. An account has one for all of its APIs, which the last
   * stack to be deployed has set.
   */
  keepsAccountLogRole: boolean;
  isTraced: boolean;
};

type Props = Omit<ApiSettings, 'maxConcurrency'> & { api: ServiceFunction; name: string; capacity: Capacity };

/** The REST API: each route of the topology, served by the one api function. */
export class RestApi extends Construct {
  readonly gateway: GatewayRestApi;
  readonly accessLogs: LogGroup;
  /** The gateway's own key, where there is a usage plan. */
  readonly gatewayKey: IApiKey | undefined;

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    const { api, usagePlan, corsOrigins, accessLogs, firewall, capacity } = props;
    const corsOptions =
      corsOrigins.length > 0 ? { defaultCorsPreflightOptions: corsOptionsFor(corsOrigins) } : {};
    this.accessLogs = new LogGroup(this, 'AccessLogs', accessLogs);
    this.gateway = new GatewayRestApi(this, 'Gateway', {
      restApiName: props.name,
      description: "Belfry's API",
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: true,
      cloudWatchRoleRemovalPolicy: props.keepsAccountLogRole ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      deployOptions: {
        stageName: props.stageName,
        ...deploymentOf(capacity.throttle),
        methodOptions: Object.fromEntries(
          routes
            .filter(({ scope }) => scope === null)
            .flatMap((route) => methodsOf(route).map((method) => `${route.path}/${method}`))
            .map((method) => [method, deploymentOf(capacity.openThrottle)]),
        ),
        tracingEnabled: props.isTraced,
        accessLogDestination: new LogGroupLogDestination(this.accessLogs),
        accessLogFormat: AccessLogFormat.custom(JSON.stringify(accessLogFields)),
      },
      ...corsOptions,
    });
    const integration = new LambdaIntegration(api.lambda, {
      // One permission for all routes: the policy of a function has room for about a hundred.
      scopePermissionToMethod: false,
    });
    for (const route of routes) {
      const isFenced = usagePlan !== undefined && route.scope !== null;
      const resource = this.gateway.root.resourceForPath(route.path);
      for (const method of methodsOf(route))
        resource.addMethod(method, integration, isFenced ? { apiKeyRequired: true } : {});
    }
    this.gatewayKey = usagePlan && this.#fence({ ...usagePlan, ...capacity.keyThrottle }, props.name);
    if (corsOrigins.length > 0) this.#letPagesReadErrors();
    documentApi(this, this.gateway);
    if (firewall !== undefined)
      new WebFirewall(this, 'Firewall', { ...firewall, stage: this.gateway.deploymentStage });
    this.#acknowledge({ hasFirewall: firewall !== undefined });
  }

  #fence(usagePlan: Capacity['keyThrottle'] & { requestsPerDay: number }, name: string): IApiKey {
    const plan = this.gateway.addUsagePlan('UsagePlan', {
      name,
      throttle: { rateLimit: usagePlan.requestsPerSecond, burstLimit: usagePlan.burst },
      quota: { limit: usagePlan.requestsPerDay, period: Period.DAY },
    });
    plan.addApiStage({ stage: this.gateway.deploymentStage });
    const key = this.gateway.addApiKey('GatewayKey', { description: "The gateway's key, for X-API-Key" });
    plan.addApiKey(key);
    return key;
  }

  /** What the gateway refuses by itself would otherwise look like a network error to a page. It says nothing secret. */
  #letPagesReadErrors(): void {
    for (const [id, type] of [
      ['Refused', ResponseType.DEFAULT_4XX],
      ['Failed', ResponseType.DEFAULT_5XX],
    ] as const) {
      this.gateway.addGatewayResponse(id, {
        type,
        responseHeaders: { 'Access-Control-Allow-Origin': "'*'" },
      });
    }
  }

  #acknowledge({ hasFirewall }: { hasFirewall: boolean }): void {
    const acknowledged: Record<string, string> = {
      'AwsSolutions-APIG2':
        'The api function checks each request against the schemas that its OpenAPI document is made of.',
      'AwsSolutions-APIG4': 'Callers are known by keys of Belfry, which the api function checks.',
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]':
        'The gateway writes to its logs by one role for all of the account, which this policy of AWS is made for.',
      'AwsSolutions-COG4': 'Callers are known by keys of Belfry, which the api function checks.',
    };
    for (const [id, reason] of Object.entries(acknowledged)) Validations.of(this).acknowledge({ id, reason });
    if (!hasFirewall) {
      Validations.of(this).acknowledge({
        id: 'AwsSolutions-APIG3',
        reason: 'A firewall is a setting: it costs more than all the rest of an API that few call.',
      });
    }
  }
}

/** Settings of one method take the place of all of the stage's, so each says everything. */
function deploymentOf({ requestsPerSecond, burst }: Capacity['throttle']): MethodDeploymentOptions {
  return {
    throttlingRateLimit: requestsPerSecond,
    throttlingBurstLimit: burst,
    metricsEnabled: true,
    // Of the gateway's own working; whole requests, keys too, are never to be in a log.
    loggingLevel: MethodLoggingLevel.ERROR,
    dataTraceEnabled: false,
  };
}

/** Who, what, when, and what became of it; no query, header or body. */
const accessLogFields = {
  requestId: AccessLogField.contextRequestId(),
  time: AccessLogField.contextRequestTime(),
  ip: AccessLogField.contextIdentitySourceIp(),
  method: AccessLogField.contextHttpMethod(),
  path: AccessLogField.contextPath(),
  status: AccessLogField.contextStatus(),
  responseBytes: AccessLogField.contextResponseLength(),
  latencyMs: AccessLogField.contextResponseLatency(),
  functionLatencyMs: AccessLogField.contextIntegrationLatency(),
  error: AccessLogField.contextErrorResponseType(),
};

function corsOptionsFor(allowOrigins: string[]): CorsOptions {
  return {
    allowOrigins,
    allowMethods: preflight.methods,
    allowHeaders: preflight.headers,
    maxAge: Duration.seconds(preflight.maxAgeSeconds),
  };
}
