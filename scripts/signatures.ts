// Verifies signatures with the package standardwebhooks of PyPI. The tests verify them with the package of npm.
// Needs python3 (3.10 or newer) with venv and pip.
//   npm run signatures                       exits 1 when a signature is not accepted, or a wrong one is
//   npm run signatures -- --if-possible      says so and ends well where Python or the package index is not there
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCacheDir } from '../local/services/cache-dir.ts';
import { createSigningSecret, signingKeyOf, signRequest } from '../lib/secrets/sign-request.ts';
import { CannotInstallError, installPython } from './support/install-python.ts';

const requirements = join(import.meta.dirname, 'support', 'standardwebhooks-requirements.txt');

/** Prints whether the library accepts each request of a JSON array. */
const PROGRAM = `
import json, sys
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
def accepts(case):
    try:
        Webhook(case["secret"]).verify(case["body"], case["headers"])
        return True
    except WebhookVerificationError:
        return False
print(json.dumps([accepts(case) for case in json.load(sys.stdin)]))
`;

type Case = { name: string; secret: string; body: string; headers: Record<string, string>; isRight: boolean };

function makeCases(): Case[] {
  const [secret, newer] = [createSigningSecret(), createSigningSecret()];
  const timestampSeconds = Math.floor(Date.now() / 1_000);
  const sign = (body: string, secrets: readonly string[], at = timestampSeconds): Record<string, string> => ({
    'webhook-id': 'belfry-1-1900000000000-7',
    'webhook-timestamp': String(at),
    'webhook-signature': signRequest(secrets.map(signingKeyOf), {
      id: 'belfry-1-1900000000000-7',
      timestampSeconds: at,
      body,
    }),
  });
  const body = '{"text":"é☃𝄞"}';
  const large = JSON.stringify({ text: 'x'.repeat(1_000_000) });
  return [
    { name: 'a body', secret, body, headers: sign(body, [secret]), isRight: true },
    { name: 'a body of 1 MB', secret, body: large, headers: sign(large, [secret]), isRight: true },
    {
      name: 'the older secret in an overlap',
      secret,
      body,
      headers: sign(body, [newer, secret]),
      isRight: true,
    },
    {
      name: 'the newer secret in an overlap',
      secret: newer,
      body,
      headers: sign(body, [newer, secret]),
      isRight: true,
    },
    { name: 'another secret', secret: newer, body, headers: sign(body, [secret]), isRight: false },
    { name: 'a changed body', secret, body: '{}', headers: sign(body, [secret]), isRight: false },
    {
      name: 'an old timestamp',
      secret,
      body,
      headers: sign(body, [secret], timestampSeconds - 600),
      isRight: false,
    },
  ];
}

function judge(python: string): number {
  const cases = makeCases();
  const { stdout, stderr, error } = spawnSync(python, ['-c', PROGRAM], {
    input: JSON.stringify(cases),
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  if (stdout === '') throw new Error(`the program of Python failed: ${stderr}`);
  const accepted: unknown = JSON.parse(stdout);
  if (!Array.isArray(accepted)) throw new Error('the program of Python printed no array');
  const wrong = cases.filter(({ isRight }, index) => accepted[index] !== isRight);
  for (const { name, isRight } of wrong)
    console.error(`signatures: ${name} must ${isRight ? '' : 'not '}be accepted`);
  if (wrong.length === 0) console.log(`signatures: ${cases.length} requests judged as they should be`);
  return wrong.length === 0 ? 0 : 1;
}

const directory = await mkdtemp(join(tmpdir(), 'belfry-signatures-'));
try {
  const cacheDir = await openCacheDir({ path: directory });
  const options = { requirements, cacheDir, report: console.log };
  process.exitCode = judge((await installPython('standardwebhooks', options)).python);
} catch (error) {
  if (!(error instanceof CannotInstallError)) throw error;
  console.error(`signatures did not run: ${error.message}`);
  process.exitCode = process.argv.includes('--if-possible') ? 0 : 1;
} finally {
  await rm(directory, { recursive: true });
}
