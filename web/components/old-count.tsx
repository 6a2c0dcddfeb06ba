import type { ReactNode } from 'react';
import { useNow } from '../time/now.ts';
import { MINUTE_MS } from '../time/units.ts';
import { Time } from './time.tsx';

type Props = {
  /** When something was counted, in ISO 8601. */
  at: string;
  /** The words around the time, such as `12 min ago`. */
  children: (time: ReactNode) => ReactNode;
};

/** A screen reads again each minute, so a count of its own is a little over a minute old at most. */
const OLD_MS = 2 * MINUTE_MS;

/** Says when something was counted, if that is some minutes ago. */
export const OldCount = ({ at, children }: Props) =>
  useNow().getTime() - Date.parse(at) < OLD_MS ? null : children(<Time at={at} />);
