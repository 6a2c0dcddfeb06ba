import type { FunctionLogger } from '../../lib/logger.ts';

/** A logger that drops everything, for tests that check the results of the work. */
export const silentLogger: FunctionLogger = {
  info: () => {},
  warn: () => {},
  error: () => {},
  startInvocation: () => {},
};
