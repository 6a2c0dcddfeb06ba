import type { FunctionLogger } from '../../lib/logger.ts';

/** A logger for work whose warnings show in what is checked afterwards. */
export const silentLogger: FunctionLogger = {
  info: () => {},
  warn: () => {},
  error: () => {},
  startInvocation: () => {},
};
