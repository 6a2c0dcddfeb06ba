import type { Logger } from '../../lib/logger.ts';

/** For what the benchmark prepares: a warning there is a failed preparation, and shows in the checks. */
export const silentLogger: Logger = { info: () => {}, warn: () => {}, error: () => {} };
