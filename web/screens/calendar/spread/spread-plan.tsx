import { cappedCount } from '../../../components/capped-count.ts';
import { formatSecond } from '../../../time/format.ts';
import type { SchedulePlan } from './requests.ts';
import * as styles from './spread-plan.module.css';

/** What a spread does to each schedule. */
export const SpreadPlan = ({ plans }: { plans: readonly SchedulePlan[] }) => (
  <ul className={styles.plans} aria-label="Schedules">
    {plans.map((plan) => (
      <li key={`${plan.schedule} ${plan.timeZone}`} className={styles.plan}>
        <p className={styles.schedule}>
          <code>{plan.schedule}</code>
          <span className={styles.zone}>{plan.timeZone}</span>
          <span className={styles.count}>
            {cappedCount(plan.matched)} {plan.matched.count === 1 ? 'job' : 'jobs'}
          </span>
        </p>
        <Effect plan={plan} />
      </li>
    ))}
  </ul>
);

const Effect = ({ plan: { spread, timeZone } }: { plan: SchedulePlan }) => {
  if (spread === undefined || spread.jobs === 0) return <p className={styles.zone}>No job has it now.</p>;
  const { example, leftOut, jobs } = spread;
  const [first] = leftOut;
  return (
    <>
      {example !== null && (
        <p>
          {formatSecond(new Date(example.at), timeZone)} → {formatSecond(new Date(example.newAt), timeZone)},
          for example: <code>{example.newSchedule}</code>
        </p>
      )}
      {first !== undefined && (
        <p className={styles.zone}>
          {example === null ? 'Stays as it is: ' : `${first.jobs} of the first ${jobs} stay as they are: `}
          {first.reason}.
        </p>
      )}
    </>
  );
};
