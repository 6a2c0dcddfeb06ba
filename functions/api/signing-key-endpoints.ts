import { byOf } from '../../lib/api/by.ts';
import { parseCursor } from '../../lib/api/cursor.ts';
import { readJson } from '../../lib/api/json-body.ts';
import { apiLimits } from '../../lib/api/limits.ts';
import { listReply, nextAfter } from '../../lib/api/list-reply.ts';
import { parseId } from '../../lib/api/path-id.ts';
import { cursorQuerySchema, noQuerySchema, parseQuery } from '../../lib/api/query.ts';
import { emptyReply, jsonReply } from '../../lib/api/reply.ts';
import { signingKeyResource } from '../../lib/api/resources.ts';
import { parseNewSigningKey } from '../../lib/api/signing-key-schemas.ts';
import type { SigningKey } from '../../lib/domain/signing-key.ts';
import type { ApiDeps } from '../compose/api-deps.ts';
import type { Endpoint } from './endpoint.ts';

type SigningKeyRoute =
  | 'POST /api/v1/signing-keys'
  | 'GET /api/v1/signing-keys'
  | 'GET /api/v1/signing-keys/{id}/secret'
  | 'DELETE /api/v1/signing-keys/{id}';

/** Makes the endpoints of signing keys. */
export const makeSigningKeyEndpoints = (deps: ApiDeps): Record<SigningKeyRoute, Endpoint> => ({
  'POST /api/v1/signing-keys': async (event, caller, keep) => {
    parseQuery(noQuerySchema, event);
    const asked = parseNewSigningKey(readJson(event, apiLimits.keyBodyBytes));
    const answer = (key: SigningKey) => jsonReply(201, signingKeyResource(key));
    return answer(await deps.createSigningKey({ ...asked, by: byOf(event, caller) }, keep(answer)));
  },
  'GET /api/v1/signing-keys': async (event) => {
    const { limit, cursor } = parseQuery(cursorQuerySchema, event);
    const afterId = parseCursor('signingKeys', cursor) ?? 0;
    const { items, hasMore } = await deps.listSigningKeys({ limit, afterId });
    const next = nextAfter({ items, hasMore }, ofSigningKeys.position);
    return listReply('signingKeys', { items, next }, { limit, offset: undefined }, ofSigningKeys);
  },
  'GET /api/v1/signing-keys/{id}/secret': async (event) => {
    parseQuery(noQuerySchema, event);
    const id = parseId(event.pathParameters?.['id'], 'signing key');
    return jsonReply(200, { id, secret: await deps.readSigningSecret(id) });
  },
  'DELETE /api/v1/signing-keys/{id}': async (event, caller) => {
    parseQuery(noQuerySchema, event);
    await deps.revokeSigningKey(parseId(event.pathParameters?.['id'], 'signing key'), byOf(event, caller));
    return emptyReply();
  },
});

const ofSigningKeys = {
  json: (key: SigningKey) => JSON.stringify(signingKeyResource(key)),
  position: (key: SigningKey) => String(key.id),
};
