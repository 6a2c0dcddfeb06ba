import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  AccessLogField,
  AccessLogFormat,
  CfnMethod,
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
import { unknownRouteJson } from '../../lib/api/unknown-route.ts';
import { methodsOf, pagePaths, preflight, type Route, routes } from '../../lib/topology.ts';
import type { Capacity } from '../capacity.ts';
import { documentApi } from './api-documentation.ts';
import type { ServiceFunction } from './service-function.ts';
import { WebFirewall } from './web-firewall.ts';

export type ApiSettings = {
  /** First segment of the path: `/{stageName}/api/v1/jobs`. */
  stageName: string;
  /**
   * Maximum number of API environments that run at once. The gateway's limits follow from it. The gateway answers further
   * requests with 429, without invoking a function.
   */
  maxConcurrency: number;
  /**
   * Additional protection: callers also need a gateway key in X-API-Key, and send Belfry's key as a bearer token. A request
   * without a gateway key, or beyond its quota, does not invoke a function.
   */
  usagePlan?: { requestsPerDay: number };
  /** Origins whose pages may call the API, such as https://app.example.com, or `*`. */
  corsOrigins: string[];
  /** A web application firewall with AWS's common rules and a limit for each address. */
  firewall?: { requestsPerFiveMinutes: number };
  accessLogs: { retention: RetentionDays; removalPolicy: RemovalPolicy };
  /**
   * True if the role with which the gateway writes logs outlives the stack. An account has one such role for all of its APIs,
   * and the most recently deployed stack sets it.
   */
  keepsAccountLogRole: boolean;
  isTraced: boolean;
};

type Props = Omit<ApiSettings, 'maxConcurrency'> & {
  api: ServiceFunction;
  ui: ServiceFunction;
  name: string;
  capacity: Capacity;
};

/** The REST API. The api function serves every route of the topology, and the ui function every path of a page. */
export class RestApi extends Construct {
  readonly gateway: GatewayRestApi;
  readonly accessLogs: LogGroup;
  /** The gateway key, if there is a usage plan. */
  readonly gatewayKey: IApiKey | undefined;

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    const { api, ui, usagePlan, corsOrigins, accessLogs, firewall, capacity } = props;
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
        methodOptions: {
          ...limited(
            routes.filter((route) => !needsKeyInHeader(route)).map(({ path }) => path),
            capacity.openThrottle,
          ),
          ...limited(pagePaths, capacity.pageThrottle),
        },
        tracingEnabled: props.isTraced,
        accessLogDestination: new LogGroupLogDestination(this.accessLogs),
        accessLogFormat: AccessLogFormat.custom(JSON.stringify(accessLogFields)),
      },
      // Pages are compressed. API Gateway decides by the request's first accepted type whether an answer may be binary, and
      // browsers send too many types for a list. The bodies of requests reach the functions in base64, which they decode.
      binaryMediaTypes: ['*/*'],
      ...corsOptions,
    });
    // Uses one permission for all routes, because a function's policy has room for only about a hundred.
    const integration = new LambdaIntegration(api.lambda, { scopePermissionToMethod: false });
    for (const route of routes) {
      const isFenced = usagePlan !== undefined && needsKeyInHeader(route);
      const resource = this.gateway.root.resourceForPath(route.path);
      for (const method of methodsOf(route))
        resource.addMethod(method, integration, isFenced ? { apiKeyRequired: true } : {});
    }
    const pages = new LambdaIntegration(ui.lambda, { scopePermissionToMethod: false });
    for (const path of pagePaths) {
      const resource = this.gateway.root.resourceForPath(path);
      for (const method of PAGE_METHODS) resource.addMethod(method, pages);
    }
    if (corsOrigins.length > 0) this.#letPreflightsRead();
    this.gatewayKey = usagePlan && this.#fence({ ...usagePlan, ...capacity.keyThrottle }, props.name);
    this.#describeUnknownRoutes({ isReadByPages: corsOrigins.length > 0 });
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

  /** The gateway answers preflights from a template, for which it must read the request as text. */
  #letPreflightsRead(): void {
    for (const { httpMethod, node } of this.gateway.methods) {
      if (httpMethod === 'OPTIONS' && node.defaultChild instanceof CfnMethod)
        node.defaultChild.addPropertyOverride('Integration.ContentHandling', 'CONVERT_TO_TEXT');
    }
  }

  /** The gateway answers requests with an unknown path or method. Its default message asks for an authentication token. */
  #describeUnknownRoutes({ isReadByPages }: { isReadByPages: boolean }): void {
    this.gateway.addGatewayResponse('UnknownRoute', {
      type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
      statusCode: '404',
      templates: { 'application/json': unknownRouteJson() },
      responseHeaders: {
        'Content-Type': "'application/problem+json'",
        ...(isReadByPages && READABLE_BY_PAGES),
      },
    });
  }

  /** Lets pages read the gateway's own errors, which contain nothing secret. Otherwise a page would see a network error. */
  #letPagesReadErrors(): void {
    for (const [id, type] of [
      ['Refused', ResponseType.DEFAULT_4XX],
      ['Failed', ResponseType.DEFAULT_5XX],
    ] as const) {
      this.gateway.addGatewayResponse(id, {
        type,
        responseHeaders: READABLE_BY_PAGES,
      });
    }
  }

  #acknowledge({ hasFirewall }: { hasFirewall: boolean }): void {
    const acknowledged: Record<string, string> = {
      'AwsSolutions-APIG2':
        'The api function validates each request with the schemas from which its OpenAPI document is generated.',
      'AwsSolutions-APIG4': "Callers authenticate with Belfry's keys, which the api function checks.",
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]':
        'The gateway writes its logs with one role for the whole account, and this policy of AWS is made for that role.',
      'AwsSolutions-COG4': "Callers authenticate with Belfry's keys, which the api function checks.",
    };
    for (const [id, reason] of Object.entries(acknowledged)) Validations.of(this).acknowledge({ id, reason });
    if (!hasFirewall) {
      Validations.of(this).acknowledge({
        id: 'AwsSolutions-APIG3',
        reason:
          'The firewall is optional, because it costs more than the rest of an API with little traffic.',
      });
    }
  }
}

/** The gateway reads its own key in a header alone. A route whose callers send no headers is limited like an open one. */
const needsKeyInHeader = ({ scope, keyIn }: Route): boolean => scope !== null && keyIn !== 'query';

const READABLE_BY_PAGES = { 'Access-Control-Allow-Origin': "'*'" };
const PAGE_METHODS = methodsOf({ method: 'GET' });

/** Limits GET and HEAD of paths, with the settings of a method by its path. */
const limited = (
  paths: readonly string[],
  throttle: Capacity['throttle'],
): Record<string, MethodDeploymentOptions> =>
  Object.fromEntries(
    paths.flatMap((path) => PAGE_METHODS.map((method) => [`${path}/${method}`, deploymentOf(throttle)])),
  );

/** Returns the complete settings of a method. The settings of a method replace all settings of the stage. */
function deploymentOf({ requestsPerSecond, burst }: Capacity['throttle']): MethodDeploymentOptions {
  return {
    throttlingRateLimit: requestsPerSecond,
    throttlingBurstLimit: burst,
    metricsEnabled: true,
    // Logs only the gateway's own errors. Complete requests, which contain keys, must never be logged.
    loggingLevel: MethodLoggingLevel.ERROR,
    dataTraceEnabled: false,
  };
}

/** The fields of the access log: the caller's address, the request and its result, without query, headers or body. */
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
