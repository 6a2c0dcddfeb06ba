import * as z from 'zod';
import * as resources from '../resource-schemas.ts';
import { auditQuerySchema } from '../audit-query.ts';
import { newApiKeySchema } from '../api-key-schemas.ts';
import { exampleApiKey, exampleSigningKey } from '../openapi-examples.ts';
import { empty, success } from '../openapi-responses.ts';
import { cursorQuerySchema, pageQuerySchema } from '../query.ts';
import { newSigningKeySchema } from '../signing-key-schemas.ts';
import { type Operation, json } from './parts.ts';

const ofKey = {
  requestParams: { path: z.object({ id: z.int().min(1).meta({ description: 'The id of the key.' }) }) },
};

const ofSigningKey = {
  requestParams: {
    path: z.object({ id: z.int().min(1).meta({ description: 'The id of the signing key.' }) }),
  },
};

export const keyOperations = {
  'POST /api/v1/keys': {
    tags: ['Keys'],
    operationId: 'createApiKey',
    summary: 'Create an API key, which is shown only in this response',
    requestBody: json(newApiKeySchema, { dashboard: exampleApiKey }),
    responses: { '201': success('The key', resources.createdApiKeySchema) },
    problems: [409, 413, 415],
  },
  'GET /api/v1/keys': {
    tags: ['Keys'],
    operationId: 'listApiKeys',
    summary: 'List API keys, including revoked ones',
    requestParams: { query: pageQuerySchema },
    responses: { '200': success('A page of keys', resources.apiKeyListSchema) },
    problems: [],
  },
  'GET /api/v1/keys/me': {
    tags: ['Keys'],
    operationId: 'getOwnApiKey',
    summary: 'Read the name and the scopes of the key that the request is sent with',
    responses: { '200': success('The key', resources.ownApiKeySchema) },
    problems: [],
  },
  'DELETE /api/v1/keys/{id}': {
    tags: ['Keys'],
    operationId: 'revokeApiKey',
    summary: 'Revoke an API key; requests with it are refused after at most 5 s',
    ...ofKey,
    responses: { '204': empty('The key is revoked') },
    problems: [404, 409],
  },
  'GET /api/v1/audit': {
    tags: ['Audit'],
    operationId: 'listAuditLog',
    summary: 'List the changes of jobs and API keys, the latest first',
    description:
      'A page is short if few of 2,000 entries match the filters. The next page then continues after them: follow `nextCursor` until it is null.',
    requestParams: { query: auditQuerySchema },
    responses: { '200': success('A page of changes', resources.auditListSchema) },
    problems: [],
  },
  'POST /api/v1/signing-keys': {
    tags: ['Signing keys'],
    operationId: 'createSigningKey',
    summary: 'Create a signing key; the earlier keys sign too until the end of the overlap',
    description:
      'Requests are signed by every key until its end, so receivers can change to the new secret one after the other. ' +
      'Workers use the new key after at most a minute. The answer does not have the secret, which has a route of its own.',
    requestBody: json(newSigningKeySchema, { overlap: exampleSigningKey }),
    responses: { '201': success('The key', resources.signingKeySchema) },
    problems: [409, 413, 415],
  },
  'GET /api/v1/signing-keys': {
    tags: ['Signing keys'],
    operationId: 'listSigningKeys',
    summary: 'List signing keys, including ended ones',
    requestParams: { query: cursorQuerySchema },
    responses: { '200': success('A page of keys, the oldest first', resources.signingKeyListSchema) },
    problems: [],
  },
  'GET /api/v1/signing-keys/{id}/secret': {
    tags: ['Signing keys'],
    operationId: 'getSigningSecret',
    summary: 'Read the secret of a key that signs, with which a receiver verifies requests',
    ...ofSigningKey,
    responses: { '200': success('The secret', resources.signingSecretSchema) },
    problems: [404, 409],
  },
  'DELETE /api/v1/signing-keys/{id}': {
    tags: ['Signing keys'],
    operationId: 'revokeSigningKey',
    summary: 'Revoke a signing key; workers stop using it after at most a minute',
    ...ofSigningKey,
    responses: { '204': empty('The key is revoked') },
    problems: [404, 409],
  },
} satisfies Record<string, Operation>;
