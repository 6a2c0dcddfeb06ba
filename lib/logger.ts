/** What the code asks of a logger: JSON, one event a line, fixed names, ids as fields; never bodies, headers or keys. */
export type Logger = {
  info: (event: string, fields?: Record<string, unknown>) => void;
  warn: (event: string, fields?: Record<string, unknown>) => void;
  error: (event: string, fields?: Record<string, unknown>) => void;
};

/** The logger of a function. */
export type FunctionLogger = Logger & {
  /** From here on every line bears the request id of this invocation. */
  startInvocation: (requestId: string) => void;
};

/** An error as a log field: its name, code, message, stack and causes. */
export function errorField(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    name: error.constructor.name,
    ...('code' in error ? { code: error.code } : {}),
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: errorField(error.cause) }),
  };
}
