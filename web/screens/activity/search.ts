import '../../base/zod-settings.ts';
import * as z from 'zod/mini';
import type { AuditEntry } from '../../api/types.ts';
import { type Given, given } from '../../base/given.ts';

export type AuditAction = AuditEntry['action'];

/** What each action is called. */
export const actionWords: Record<AuditAction, string> = {
  JOB_CREATED: 'Job created',
  JOB_CHANGED: 'Job changed',
  JOB_PAUSED: 'Job paused',
  JOB_RESUMED: 'Job resumed',
  JOB_DELETED: 'Job deleted',
  JOB_RUN: 'Job run',
  EXECUTION_RETRIED: 'Execution retried',
  EXECUTION_CANCELLED: 'Execution cancelled',
  API_KEY_CREATED: 'API key created',
  API_KEY_REVOKED: 'API key revoked',
  SIGNING_KEY_CREATED: 'Signing key created',
  SIGNING_KEY_REVOKED: 'Signing key revoked',
  OPERATION_STARTED: 'Operation started',
  OPERATION_ABORTED: 'Operation aborted',
  FAILURES_IGNORED: 'Failures ignored',
  FAILURES_RESOLVED: 'Failures resolved',
  FAILURES_REOPENED: 'Failures reopened',
};

const isAction = (value: string): value is AuditAction => Object.hasOwn(actionWords, value);
/** The actions, in the order of the table. */
export const auditActions: readonly AuditAction[] = Object.keys(actionWords).filter(isAction);

const optional = <Schema extends z.core.$ZodType>(schema: Schema) => z.catch(z.optional(schema), undefined);
const id = optional(z.string().check(z.regex(/^[1-9]\d{0,15}$/)));
const instant = optional(z.iso.datetime({ offset: true }));

const searchSchema = z.object({
  action: optional(z.enum(auditActions)),
  /** The id of the API key with which a change was made. */
  by: id,
  job: id,
  since: instant,
  until: instant,
  cursor: optional(z.string().check(z.minLength(1))),
});

export type ActivitySearch = Given<z.infer<typeof searchSchema>>;

/** Reads the address of the screen. A parameter that makes no sense is left out. */
export const parseActivitySearch = (search: Record<string, unknown>): ActivitySearch =>
  given(searchSchema.parse(search));
