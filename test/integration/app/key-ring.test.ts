import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeMakeKeyRing } from '../../../lib/app/make-key-ring.ts';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import { openDataKeys } from '../../../lib/secrets/data-keys.ts';
import { makeFetchSecret } from '../../../lib/secrets/fetch-secret.ts';
import { parseKeyRing } from '../../../lib/secrets/key-ring.ts';
import { makeReplaceSecret } from '../../../lib/secrets/replace-secret.ts';
import { keyRingText } from '../../support/key-rings.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/waiting.ts';
import { startSecretsManager, type SecretCall } from '../../support/secrets-manager.ts';

const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:belfry-data-keys';
/** The value that CloudFormation puts into a secret that it creates. */
const FILLING = 'h"Q>vXk2#y~Zr9)F!m=8s&LwB6^t;c4J';
const region = 'eu-central-1';

const secretsManager = await startSecretsManager();
afterAll(() => secretsManager.close());

let calls: SecretCall['action'][];

beforeEach(() => {
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', secretsManager.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret key');
  secretsManager.forget();
  secretsManager.secrets.set(SECRET_ARN, FILLING);
  calls = [];
  secretsManager.intercept(({ action }) => void calls.push(action));
});
afterEach(() => vi.unstubAllEnvs());

const held = () => secretsManager.secrets.get(SECRET_ARN) ?? '';

const make = (secretArn = SECRET_ARN) =>
  makeMakeKeyRing({
    fetchSecret: makeFetchSecret({ region }),
    replaceSecret: makeReplaceSecret({ region }),
    secretArn,
  })();

describe('the key ring', () => {
  test('a key ring is created when the secret holds none, and functions can read it', async () => {
    await make();
    const made = parseKeyRing(held());
    expect(made?.keys.size).toBe(1);
    const keys = openDataKeys(
      { kind: 'secret', secretArn: SECRET_ARN },
      { fetchSecret: makeFetchSecret({ region }), clock: new ManualClock() },
    );
    expect((await keys.get()).current).toBe(made?.current);
  });

  test.each([
    ['with its one key', keyRingText('first')],
    ['with a key that an operator has added', keyRingText('second', 'first')],
  ])('an existing secret stays as it is: %s', async (_, ring) => {
    secretsManager.secrets.set(SECRET_ARN, ring);
    await make();
    expect(held()).toBe(ring);
    expect(calls).toEqual(['GetSecretValue']);
  });

  test('a malformed key ring is refused and left as it is, and the error does not contain it', async () => {
    const broken = keyRingText('first').slice(0, -1);
    secretsManager.secrets.set(SECRET_ARN, broken);
    const error: unknown = await make().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: expect.stringContaining(`${SECRET_ARN} holds no key ring`) });
    expect(String(error)).not.toContain(broken.slice(20, 50));
    expect(held()).toBe(broken);
    expect(calls).not.toContain('PutSecretValue');
  });
});

describe('two functions that create the key ring at the same time', () => {
  test('two functions agree on the first key ring, so that no secret is sealed with a ring that is lost', async () => {
    let puts = 0;
    const firstPut = Promise.withResolvers<void>();
    secretsManager.intercept(async ({ action }) => {
      if (action === 'GetSecretValue') return undefined;
      puts += 1;
      // The second function has read the initial value too, and puts its own ring when the first has finished.
      if (puts === 2) await firstPut.promise;
      else await until(() => puts === 2);
      return undefined;
    });
    const one = make();
    const two = make();
    await Promise.race([one, two]);
    const first = held();
    expect(parseKeyRing(first)).toBeDefined();
    firstPut.resolve();
    await Promise.all([one, two]);
    expect(puts).toBe(2);
    expect(held()).toBe(first);
  });

  test('a key ring that was put in between is not overwritten', async () => {
    const own = keyRingText('own');
    secretsManager.intercept(({ action }) => {
      calls.push(action);
      // Another function replaced the same initial value by a ring, which was changed since.
      if (action === 'PutSecretValue') {
        secretsManager.secrets.set(SECRET_ARN, own);
        return 'ResourceExistsException';
      }
      return undefined;
    });
    await make();
    expect(held()).toBe(own);
    expect(calls).toEqual(['GetSecretValue', 'PutSecretValue', 'GetSecretValue']);
  });
});

describe('the key ring while Secrets Manager is unreachable or refuses', () => {
  test.each(['GetSecretValue', 'PutSecretValue'])(
    'no key ring is created when %s is refused, and the error gives the reason',
    async (refused) => {
      secretsManager.intercept(({ action }) => (action === refused ? 'AccessDeniedException' : undefined));
      const failing = make();
      await expect(failing).rejects.toThrow(UnavailableError);
      await expect(failing).rejects.toMatchObject({ cause: { message: 'refused: AccessDeniedException' } });
      expect(held()).toBe(FILLING);
    },
  );

  test('the initial value is not replaced a second time when it returns after a key ring', async () => {
    await make();
    secretsManager.secrets.set(SECRET_ARN, FILLING);
    await expect(make()).rejects.toThrow('a string shorter than 43 characters that it never held');
    secretsManager.secrets.set(SECRET_ARN, 'another text');
    await make();
    expect(parseKeyRing(held())).toBeDefined();
  });
});
