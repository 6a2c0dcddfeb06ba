import { HOUR_MS } from '../../time/units.ts';

/**
 * The spans of the charts. Each has about 100 steps at most, so that a table can show them all. The steps are multiples of the
 * periods that statistics are kept in for as long as the span.
 */
export const spans = {
  '1h': { label: '1 h', words: 'the last hour', ms: HOUR_MS, step: '1m' },
  '24h': { label: '24 h', words: 'the last 24 hours', ms: 24 * HOUR_MS, step: '900' },
  '7d': { label: '7 d', words: 'the last 7 days', ms: 168 * HOUR_MS, step: '7200' },
  '30d': { label: '30 d', words: 'the last 30 days', ms: 720 * HOUR_MS, step: '28800' },
} as const;

export const spanNames = ['1h', '24h', '7d', '30d'] as const;
export type Span = (typeof spanNames)[number];
export const DEFAULT_SPAN = '24h';
