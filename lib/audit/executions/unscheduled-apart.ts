import { executionRule } from './execution-rule.ts';
import { makeFindInPage } from './find-in-page.ts';

const findMixedTimes = makeFindInPage(
  'audit_mixed_times',
  /* sql */ `
  select e.id as "executionId", e.job_id as "jobId", e.execution_time as "executionTime",
         format('its trigger is %s, but its execution time has %s', e.trigger,
                case when e.trigger = 'SCHEDULE' then 'microseconds' else 'whole milliseconds' end) as detail,
         true as "isDecided"
    from judged e
   where (e.trigger = 'SCHEDULE') <> (e.execution_time = date_trunc('milliseconds', e.execution_time))`,
);

export const unscheduledApart = executionRule(
  'unscheduled-apart',
  'an execution that no schedule asked for never has the execution time of an occurrence',
  findMixedTimes,
);
