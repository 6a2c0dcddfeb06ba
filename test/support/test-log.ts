import type { FunctionLogger } from '../../lib/logger.ts';

export type LoggedEvent = {
  level: 'info' | 'warn' | 'error';
  event: string;
  fields: Record<string, unknown>;
};

/** A logger, and the events it has logged. */
export function makeTestLog(): { logger: FunctionLogger; logs: LoggedEvent[] } {
  const logs: LoggedEvent[] = [];
  const at =
    (level: LoggedEvent['level']) =>
    (event: string, fields: Record<string, unknown> = {}) =>
      void logs.push({ level, event, fields });
  return {
    logs,
    logger: { info: at('info'), warn: at('warn'), error: at('error'), startInvocation: () => {} },
  };
}
