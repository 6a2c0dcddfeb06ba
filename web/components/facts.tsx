import type { ReactNode } from 'react';
import * as styles from './facts.module.css';

type Fact = readonly [name: string, value: ReactNode, room?: 'wide'];

/** Names with their values. A value that is undefined is left out with its name. A long value may have the room of two. */
export const Facts = ({ facts }: { facts: readonly Fact[] }) => (
  <dl className={styles.facts}>
    {facts
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value, room]) => (
        <div key={name} className={room === 'wide' ? styles.wide : undefined}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
  </dl>
);
