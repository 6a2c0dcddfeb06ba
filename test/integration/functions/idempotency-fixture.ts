import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { makeHandler } from '../../../functions/api/handler.ts';
import { composeApi } from '../../../functions/compose/api.ts';
import { hashApiKey } from '../../../lib/app/api-key.ts';
import { putApiKey } from '../../../lib/db/api-keys.ts';
import type { Pool } from '../../../lib/db/pool.ts';
import { apiKeyScopes } from '../../../lib/domain/api-key.ts';
import { type Belfry, createBelfry } from '../../support/belfry.ts';
import { makeTestLog } from '../../support/test-log.ts';

const START = '2030-03-04T10:00:00.000Z';

export type Reply = { status: number; headers: Record<string, string>; text: string; json: unknown };
export type Asked = {
  json?: object;
  headers?: Record<string, string>;
  apiKey?: string;
  query?: Record<string, string>;
};
export type Call = (method: string, path: string, asked?: Asked) => Promise<Reply>;

/** The API function over a whole Belfry, with two API keys that have every scope. */
export async function createApi(): Promise<Belfry & { call: Call; callThrough: (pool: Pool) => Call }> {
  const belfry = await createBelfry(START);
  const now = belfry.clock.now();
  for (const name of ['one', 'two']) {
    await putApiKey(belfry.pool, { name, keyHash: hashApiKey(name), scopes: apiKeyScopes }, now);
  }
  const callThrough = (pool: Pool): Call => {
    const handler = makeHandler(composeApi({ ...belfry.parts, pool, logger: makeTestLog().logger }));
    return async (method, path, { json, headers, apiKey = 'one', query } = {}) => {
      const event: Partial<APIGatewayProxyEvent> = {
        httpMethod: method,
        path,
        headers: { 'x-api-key': apiKey, ...headers },
        body: json === undefined ? null : JSON.stringify(json),
        isBase64Encoded: false,
        queryStringParameters: query ?? null,
        multiValueQueryStringParameters:
          query === undefined
            ? null
            : Object.fromEntries(Object.entries(query).map(([name, value]) => [name, [value]])),
        pathParameters: null,
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the rest of the context is not read
        requestContext: { requestId: 'request-1' } as APIGatewayProxyEvent['requestContext'],
      };
      const context = { getRemainingTimeInMillis: () => 20_000 };
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the handler reads nothing else of it
      const reply = await handler(event as APIGatewayProxyEvent, context as Context);
      const shown = Object.entries(reply.headers ?? {}).map(
        ([name, value]) => [name, String(value)] as const,
      );
      return {
        status: reply.statusCode,
        headers: Object.fromEntries(shown),
        text: reply.body,
        json: isJson(reply.headers?.['content-type']) ? JSON.parse(reply.body) : undefined,
      };
    };
  };
  return { ...belfry, call: callThrough(belfry.pool), callThrough };
}

const isJson = (type: unknown): boolean => typeof type === 'string' && /\bjson\b/.test(type);

/** Answers a request with a key, as clients send it. */
export const keyed = (key: string): Record<string, string> => ({ 'Idempotency-Key': `"${key}"` });

/**
 * A pool as a function has it that dies at a commit: when the transaction stored an answer, everything after its commit fails.
 *
 * @param moment `before` dies without the commit.
 */
export function dyingAtCommit(pool: Pool, moment: 'before' | 'after'): Pool & { isDead: () => boolean } {
  let isDead = false;
  const killed = (): Promise<never> => Promise.reject(new Error('the function was killed'));
  return {
    isDead: () => isDead,
    end: pool.end,
    query: (statement, values) => (isDead ? killed() : pool.query(statement, values)),
    connect: async () => {
      if (isDead) return killed();
      const connection = await pool.connect();
      let hasAnswer = false;
      return {
        release: connection.release,
        query: async (statement, values) => {
          if (isDead) return killed();
          if (typeof statement !== 'string' && statement.name === 'keep_answer') hasAnswer = true;
          if (statement !== 'commit' || !hasAnswer) return connection.query(statement, values);
          isDead = true;
          await connection.query(moment === 'before' ? 'rollback' : 'commit');
          return killed();
        },
      };
    },
  };
}
