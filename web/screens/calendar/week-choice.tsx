import { Link } from '@tanstack/react-router';
import { Icon } from '../../components/icon.tsx';
import { addDays } from '../../time/week.ts';
import * as styles from './week-choice.module.css';

const WEEK = 7;

/** Leads to the week before, to this one and to the next one. Weeks before today have no load. */
export const WeekChoice = ({ from, today }: { from: string; today: string }) => {
  const before = addDays(from, -WEEK);
  return (
    <nav className={styles.weeks} aria-label="Weeks">
      {from > today && (
        <>
          <Link
            className={styles.step}
            to="/calendar"
            search={before > today ? { from: before } : {}}
            aria-label="The week before"
          >
            <Icon name="left" />
          </Link>
          <Link className={styles.step} to="/calendar" search={{}}>
            Today
          </Link>
        </>
      )}
      <Link className={styles.step} to="/calendar" search={{ from: addDays(from, WEEK) }}>
        Next week
        <Icon name="right" />
      </Link>
    </nav>
  );
};
