/** A logger writes one JSON event a line, with a fixed name and ids as fields. Never log bodies, headers or keys. */
export type Logger = {
  info: (event: string, fields?: Record<string, unknown>) => void;
  warn: (event: string, fields?: Record<string, unknown>) => void;
  error: (event: string, fields?: Record<string, unknown>) => void;
};

/** The logger of a function. */
export type FunctionLogger = Logger & {
  /** Adds the request id of this invocation to every following line. */
  startInvocation: (requestId: string) => void;
};

/** Turns an error into a log field with its name, code, message, stack and causes. */
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
