import { createServer } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { makeCallTarget } from '../../../lib/outgoing/target-call.ts';
import { createTargetAgent } from '../../../lib/outgoing/target-agent.ts';
import { createAuthority } from '../../support/certificates.ts';
import { loopbackPolicy } from '../../support/outgoing.ts';
import { closeServer, listen } from '../../support/listen.ts';

const usual = getCACertificates('default');
const trusted = createAuthority('Trusted');

beforeAll(() => setDefaultCACertificates([...usual, trusted.certificate]));
afterAll(() => setDefaultCACertificates(usual));
afterEach(() => vi.unstubAllEnvs());

async function callShop({ certificate, key }: { certificate: string; key: string }, host = 'shop.test') {
  const requests: string[] = [];
  const names: unknown[] = [];
  const server = createServer({ cert: certificate, key }, (request, response) => {
    requests.push(`${request.method} ${request.headers.host}`);
    response.end();
  });
  server.on('secureConnection', (socket) => names.push(socket.servername));
  const port = await listen(server);
  const agent = createTargetAgent({ policy: loopbackPolicy, resolveName: async () => ['127.0.0.1'] });
  const url = `https://${host}:${port}/`;
  const result = await makeCallTarget(agent)({
    url,
    method: 'GET',
    headers: {},
    body: null,
    isRepeatable: true,
    timeoutMs: 5_000,
  });
  agent.destroy();
  await closeServer(server);
  return { result, requests: requests.map((request) => request.replace(`:${port}`, '')), names };
}

test('a certificate is verified against the called name, even though its address was looked up before', async () => {
  const { result, requests, names } = await callShop(trusted.issue('shop.test'));
  expect(result).toMatchObject({ kind: 'answered' });
  expect([requests, names]).toEqual([['GET shop.test'], ['shop.test']]);
});

test.each([
  ['for another name', trusted.issue('else.test'), 'ERR_TLS_CERT_ALTNAME_INVALID'],
  [
    'of an unknown authority',
    createAuthority('Someone').issue('shop.test'),
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ],
])('a certificate %s is refused, regardless of the environment', async (_, issued, code) => {
  for (const unauthorized of [undefined, '0']) {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', unauthorized);
    const { result, requests } = await callShop(issued);
    expect(result).toMatchObject({ kind: 'connectionFailed', cause: code });
    expect(requests).toEqual([]);
  }
});

test('a certificate for names does not serve an address', async () => {
  const { result } = await callShop(trusted.issue('shop.test'), '127.0.0.1');
  expect(result).toMatchObject({
    kind: 'connectionFailed',
    cause: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
});
