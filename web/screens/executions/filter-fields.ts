import type { FilterField } from '../../components/token-filter/suggestions.ts';
import { executionStatuses, executionTriggers } from './search.ts';

export const executionFilterFields: readonly FilterField[] = [
  {
    name: 'status',
    does: 'running, retrying, succeeded, failed, cancelled or skipped',
    values: executionStatuses,
  },
  { name: 'job', does: 'the id of a job, which may be deleted' },
  { name: 'key', does: 'the key of a job' },
  { name: 'group', does: 'executions of the jobs of a group' },
  { name: 'tag', does: 'executions of jobs with a tag' },
  { name: 'host', does: 'the host of the URL' },
  { name: 'trigger', does: 'why they exist', values: executionTriggers },
  { name: 'since', does: 'from an instant on, such as 2031-05-01T12:00:00Z' },
  { name: 'until', does: 'before an instant' },
];
