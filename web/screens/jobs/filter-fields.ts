import type { FilterField } from '../../components/token-filter/suggestions.ts';
import { jobOutcomes, jobStates } from './search.ts';

export const jobFilterFields: readonly FilterField[] = [
  { name: 'text', does: 'in the name, description, key or URL' },
  { name: 'state', does: 'active, paused, paused by failures or finished', values: jobStates },
  { name: 'finished', does: 'hide jobs that will not run again', values: ['hidden'] },
  { name: 'lastOutcome', does: 'how the last execution ended', values: jobOutcomes },
  { name: 'group', does: 'jobs of a group' },
  { name: 'tag', does: 'jobs with a tag' },
  { name: 'owner', does: 'jobs that a set or a stack declares' },
  { name: 'host', does: 'the host of the URL' },
  { name: 'schedule', does: 'exactly this schedule' },
  { name: 'timeZone', does: 'exactly this time zone' },
  { name: 'keyPrefix', does: 'the beginning of the key' },
  { name: 'nextBefore', does: 'the next run is before an instant, such as 2031-05-01T12:00:00Z' },
];
