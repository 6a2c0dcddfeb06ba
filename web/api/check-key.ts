import { ApiError, readProblem } from './api-error.ts';
import { ask } from './ask.ts';
import { apiRoot } from './root.ts';
import type { Session } from './session.ts';

/** Tries the keys of a sign-in. It returns why they are refused. */
export async function checkKey(keys: Session): Promise<Error | undefined> {
  try {
    const answer = await ask(new URL('api/v1/keys/me', apiRoot), { method: 'GET', headers: headersOf(keys) });
    if (answer.response.ok) return undefined;
    if (answer.response.status !== 401) return readProblem(answer);
    return new ApiError({
      status: 401,
      code: 'UNAUTHORIZED',
      detail: 'This key is not known here, or has ended. Check that it was copied whole.',
    });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function headersOf({ key, gatewayKey }: Session): Headers {
  try {
    const headers = new Headers({ authorization: `Bearer ${key}` });
    if (gatewayKey !== '') headers.set('x-api-key', gatewayKey);
    return headers;
  } catch (cause) {
    // A header cannot hold every character, so a wrong paste fails before it is sent.
    throw new Error('The key has characters that no key has. Copy it again.', { cause });
  }
}
