import { getPreferences } from '../base/preferences.ts';
import { lateAnswer, noAnswer } from './api-error.ts';

type Request = Omit<RequestInit, 'signal'> & {
  signal?: AbortSignal | undefined;
  /** True if the server may change something, also without saying so. @default false */
  isChange?: boolean;
  /** True if the same request may be sent again without being done twice. @default false */
  isDoneOnce?: boolean;
};

/** An answer with its whole body. */
export type WholeAnswer = { response: Response; text: string };

/**
 * Sends a request and reads the whole answer. A server that accepts the request and does not answer, or stops within the
 * answer, ends it after the limit of the preferences.
 *
 * @throws ApiError if there is no answer, or none in time. After an abort by the caller, it throws the reason of the abort.
 */
export async function ask(
  address: URL,
  { signal, isChange = false, isDoneOnce = false, ...request }: Request,
): Promise<WholeAnswer> {
  const { answerSeconds } = getPreferences();
  const limit = AbortSignal.timeout(answerSeconds * 1_000);
  try {
    const response = await fetch(address, {
      ...request,
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
    return { response, text: await response.text() };
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw limit.aborted ? lateAnswer(answerSeconds, { isChange, isDoneOnce }) : noAnswer();
  }
}
