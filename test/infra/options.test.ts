import { describe, expect, test } from 'vitest';
import { readStage } from '../../infra/options.ts';
import * as z from 'zod';
import { capacityOf } from '../../infra/capacity.ts';
import { pagePaths, routes } from '../../lib/topology.ts';
import { preflightReply } from '../../local/gateway/preflight.ts';
import { synthesise } from './support/synthesise.ts';

const read = (options: Record<string, string>) => readStage((name) => options[name]);

describe('readStage', () => {
  test('readStage uses dev by default', () => {
    expect(read({})).toMatchObject({ name: 'dev', tick: { by: 'schedule', hibernates: false } });
  });

  test('readStage changes only the settings that options name', () => {
    const dev = read({});
    expect(
      read({ hibernate: 'true', tracing: 'true', corsOrigins: 'https://a.example, https://b.example' }),
    ).toEqual({
      ...dev,
      tick: { by: 'schedule', hibernates: true },
      isTraced: true,
      api: { ...dev.api, corsOrigins: ['https://a.example', 'https://b.example'] },
    });
    expect(read({ allowedNetworks: '10.0.0.0/8', allowedPorts: '443' }).outgoing).toEqual({
      networks: '10.0.0.0/8',
      ports: '443',
    });
    expect(read({ onFailure: 'topic', onRecovery: 'https://ops.example/well' }).callbacks).toEqual({
      onFailure: 'new topic',
      onRecovery: { url: 'https://ops.example/well' },
    });
    expect(read({ stage: 'prod', database: 'aurora' }).stores).toMatchObject({
      database: { kind: 'aurora', deletionProtection: true, backupDays: 14 },
      cache: { kind: 'nodes', nodes: 2 },
    });
  });

  test.each([
    [{ stage: 'staging' }, /unknown stage staging; -c stage= accepts dev, prod or local/],
    [{ stage: 'local' }, /needs -c databaseUrl=/],
    [
      { onFailure: 'arn:aws:sns:eu-central-1:123456789012:a.fifo' },
      /-c onFailure: must be a URL, the ARN of an SNS topic that is not a FIFO topic, or topic for a new one/,
    ],
    [{ database: 'mysql', hibernate: 'yes' }, /-c database: .*; -c hibernate: /],
  ])('readStage refuses %j with the reason', (options, message) => {
    expect(() => read(options)).toThrow(message);
  });

  test('readStage shows no password', () => {
    const options = {
      stage: 'local',
      databaseUrl: 'mysql://belfry:hush@db/belfry',
      redisUrl: 'redis://cache',
    };
    expect(() => read(options)).toThrow(/^(?!.*hush).*databaseUrl/);
  });

  test('readStage refuses a tick that cannot hibernate', () => {
    expect(() => synthesise({ stage: 'dev', tick: 'rule', hibernate: 'true' })).toThrow(/hibernates needs/);
  });
});

const settingsSchema = z.object({
  MethodSettings: z.array(
    z.object({
      ResourcePath: z.string(),
      HttpMethod: z.string(),
      ThrottlingRateLimit: z.number(),
      ThrottlingBurstLimit: z.number(),
    }),
  ),
});

const unknownRouteSchema = z.object({
  StatusCode: z.string(),
  ResponseTemplates: z.object({ 'application/json': z.string() }),
});
const preflightSchema = z.object({
  AuthorizationType: z.string(),
  ApiKeyRequired: z.boolean(),
  Integration: z.object({
    IntegrationResponses: z.array(
      z.object({ StatusCode: z.string(), ResponseParameters: z.record(z.string(), z.string()) }),
    ),
  }),
});

/** `'3600'` of `method.response.header.Access-Control-Max-Age` as a header, with its name in lower case. */
const headersOf = (parameters: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name.replace('method.response.header.', '').toLowerCase(),
      value.replaceAll("'", ''),
    ]),
  );

describe('the API of a stage', () => {
  const methods = () => synthesise('dev').ofType('AWS::ApiGateway::Method');

  test('the API of prod has a usage plan: protected routes need a key of the gateway', () => {
    const { only, ofType } = synthesise('prod');
    expect(only('AWS::ApiGateway::UsagePlan').Properties).toMatchObject({
      Throttle: { RateLimit: expect.any(Number), BurstLimit: expect.any(Number) },
      Quota: { Period: 'DAY' },
    });
    const open = ofType('AWS::ApiGateway::Method').filter(
      ({ Properties }) => Properties['ApiKeyRequired'] !== true,
    );
    // GET and HEAD of /health, of /openapi.json, of /calendar.ics, and of the pages.
    expect(open).toHaveLength(2 * (3 + pagePaths.length));
  });

  test('the gateway answers a path and method that it does not know as a problem', () => {
    const { ofType } = synthesise('dev');
    const answer = ofType('AWS::ApiGateway::GatewayResponse').find(
      ({ Properties }) => Properties['ResponseType'] === 'MISSING_AUTHENTICATION_TOKEN',
    );
    const { StatusCode, ResponseTemplates } = unknownRouteSchema.parse(answer?.Properties);
    expect(StatusCode).toBe('404');
    expect(JSON.parse(ResponseTemplates['application/json'])).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
      detail: expect.stringContaining('%2F'),
    });
  });

  test('the API of dev needs no key of the gateway', () => {
    expect(methods().filter(({ Properties }) => Properties['ApiKeyRequired'] === true)).toEqual([]);
  });

  test('the API answers preflight requests when pages may call it, and the function knows their origins', () => {
    const { ofType, text } = synthesise('dev with everything');
    const preflights = ofType('AWS::ApiGateway::Method').filter(
      ({ Properties }) => Properties['HttpMethod'] === 'OPTIONS',
    );
    expect(preflights.length).toBeGreaterThanOrEqual(new Set(routes.map(({ path }) => path)).size);
    for (const { Properties } of preflights) {
      const { AuthorizationType, ApiKeyRequired, Integration } = preflightSchema.parse(Properties);
      expect({ AuthorizationType, ApiKeyRequired }).toEqual({
        AuthorizationType: 'NONE',
        ApiKeyRequired: false,
      });
      const [answer] = Integration.IntegrationResponses;
      // The response of the local gateway, so that a page that works there works here.
      const local = preflightReply(['https://app.example.com', 'https://admin.example.com'], undefined);
      expect(answer?.StatusCode).toBe(String(local.statusCode));
      expect(headersOf(answer?.ResponseParameters ?? {})).toEqual(local.headers);
    }
    expect(text).toContain('"BELFRY_CORS_ORIGINS":"https://app.example.com,https://admin.example.com"');
    expect(methods().filter(({ Properties }) => Properties['HttpMethod'] === 'OPTIONS')).toEqual([]);
  });

  test('the API has the OpenAPI document attached, in a version of its own', () => {
    const { ofType, only } = synthesise('dev');
    const parts = ofType('AWS::ApiGateway::DocumentationPart');
    expect(parts.map(({ Properties }) => Properties['Location'])).toContainEqual({
      Type: 'METHOD',
      Path: '/api/v1/jobs/{id}',
      Method: 'PATCH',
    });
    const { DocumentationVersion } = only('AWS::ApiGateway::DocumentationVersion').Properties;
    expect(only('AWS::ApiGateway::Stage').Properties).toMatchObject({ DocumentationVersion });
  });

  test('the API has limits for all callers together, and a firewall on request', () => {
    const { requestsPerSecond, burst } = capacityOf({ workers: 5, apis: 20 }).throttle;
    const { MethodSettings } = settingsSchema.parse(
      synthesise('dev').only('AWS::ApiGateway::Stage').Properties,
    );
    expect(MethodSettings[0]).toEqual({
      ResourcePath: '/*',
      HttpMethod: '*',
      ThrottlingRateLimit: requestsPerSecond,
      ThrottlingBurstLimit: burst,
    });
    expect(synthesise('dev').ofType('AWS::WAFv2::WebACL')).toEqual([]);
    expect(synthesise('dev with everything').ofType('AWS::WAFv2::WebACLAssociation')).toHaveLength(1);
  });
});
