import { ApiError, noAnswer, readProblem } from './api-error.ts';
import { apiRoot } from './root.ts';
import type { Session } from './session.ts';

/** Tries the keys of a sign-in. It returns why they are refused. */
export async function checkKey({ key, gatewayKey }: Session): Promise<Error | undefined> {
  try {
    const headers = new Headers({ authorization: `Bearer ${key}` });
    if (gatewayKey !== '') headers.set('x-api-key', gatewayKey);
    const response = await fetch(new URL('api/v1/keys/me', apiRoot), { headers });
    if (response.ok) return undefined;
    if (response.status !== 401) return await readProblem(response);
    return new ApiError({
      status: 401,
      code: 'UNAUTHORIZED',
      detail: 'This key is not known here, or has ended. Check that it was copied whole.',
    });
  } catch (error) {
    // A header cannot hold every character, so a wrong paste fails before it is sent.
    const isHeader = error instanceof TypeError && /header/i.test(error.message);
    return isHeader ? new Error('The key has characters that no key has. Copy it again.') : noAnswer();
  }
}
