import { Logger as PowertoolsLogger } from '@aws-lambda-powertools/logger';
import type { CommonConfig } from '../../lib/config/common.ts';
import type { FunctionLogger } from '../../lib/logger.ts';

export function createLogger(serviceName: string, { logLevel, deployment }: CommonConfig): FunctionLogger {
  const persistentKeys = deployment === undefined ? {} : { deployment };
  const powertools = new PowertoolsLogger({ serviceName, logLevel, persistentKeys });
  return {
    info: (event, fields = {}) => powertools.info(event, fields),
    warn: (event, fields = {}) => powertools.warn(event, fields),
    error: (event, fields = {}) => powertools.error(event, fields),
    startInvocation: (requestId) => powertools.appendKeys({ function_request_id: requestId }),
  };
}
