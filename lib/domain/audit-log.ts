/** The maker of a change: an API key, a command on a terminal, a deployment, or Belfry itself. */
export type Actor =
  | { type: 'API_KEY'; id: number; name: string }
  /** `name` is the command. */
  | { type: 'COMMAND_LINE'; name: string }
  /** `name` is the stack that declares the job, or null if it is unknown. */
  | { type: 'DEPLOYMENT'; name: string | null }
  /** `name` is the rule, such as `pauseAfterFailures`. */
  | { type: 'BELFRY'; name: string };

/** The maker and the reason of a change. */
export type By = {
  actor: Actor;
  reason?: string | undefined;
  /** The trace context of the request. A job that it creates keeps it. */
  traceparent?: string | undefined;
};

export const auditLimits = { reasonLength: 500 } as const;

export const auditActions = [
  'JOB_CREATED',
  'JOB_CHANGED',
  'JOB_PAUSED',
  'JOB_RESUMED',
  'JOB_DELETED',
  'JOB_RUN',
  'EXECUTION_RETRIED',
  'EXECUTION_CANCELLED',
  'API_KEY_CREATED',
  'API_KEY_REVOKED',
  'SIGNING_KEY_CREATED',
  'SIGNING_KEY_REVOKED',
  'OPERATION_STARTED',
  'OPERATION_ABORTED',
  'FAILURES_IGNORED',
  'FAILURES_RESOLVED',
  'FAILURES_REOPENED',
] as const;
export type AuditAction = (typeof auditActions)[number];

export const auditSubjects = ['job', 'apiKey', 'signingKey', 'operation', 'failureGroup'] as const;
export type AuditSubject = (typeof auditSubjects)[number];

/** An entry of the audit log. The values are by column, and hold no secrets. */
export type AuditEntry = {
  id: number;
  at: Date;
  action: AuditAction;
  subject: AuditSubject;
  subjectId: number;
  /** Null if the change was made by a version of Belfry without the audit log. */
  actor: Actor | null;
  reason: string | null;
  /** The values that the change replaced. Null for a creation. */
  before: Record<string, unknown> | null;
  /** The new values. Null for a deletion. */
  after: Record<string, unknown> | null;
};
