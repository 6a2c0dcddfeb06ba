import { formatCount } from '../../time/format.ts';

/** A duration on an axis of powers of ten. */
export const formatPower = (ms: number): string => (ms < 1_000 ? `${ms} ms` : `${formatCount(ms / 1_000)} s`);

/** A share on an axis. */
export const formatShare = (share: number): string => `${Number((share * 100).toFixed(1))} %`;
