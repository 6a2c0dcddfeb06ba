import { formatMinute } from '../../../time/format.ts';
import type { Scale, Segment } from './scale.ts';
import { makeTicks, nameEnd } from './ticks.ts';

/** A text of a ruler. `x` is its middle. */
export type RulerLabel = { x: number; text: string; look: 'plain' | 'day' | 'now' };

export type RulerMark = { x: number; isDay: boolean };

type Asked = {
  scale: Scale;
  zone: string;
  nowMs: number;
  width: number;
  /** Whether the ruler is the one that names the present. */
  hasNow: boolean;
};

/** A drawing that is narrower has too few round times to tell where it begins and ends. */
const NARROW = 520;
const APART = { wide: 64, narrow: 32 };
/** About the width of a character of a label. */
const CHARACTER = 6.2;
const GAP = 8;

const widthOf = (text: string): number => text.length * CHARACTER;

/**
 * The marks and texts of a ruler, the most important texts first. No text overlaps another one. Where there is little room, the present
 * and both ends have a text before round times do.
 */
export function makeRuler({ scale, zone, nowMs, width, hasNow }: Asked): {
  marks: RulerMark[];
  labels: RulerLabel[];
} {
  const isNarrow = width < NARROW;
  const apart = isNarrow ? APART.narrow : APART.wide;
  const round = scale.segments
    .flatMap((segment) => makeTicks(segment, zone, apart))
    .map(({ atMs, label, isDay }) => ({ x: scale.x(atMs), text: label, isDay }));
  const ends = isNarrow ? endsOf({ scale, zone, nowMs }, apart) : [];
  const present = [...(hasNow ? ['now'] : []), ...(isNarrow ? [formatMinute(nowMs, zone)] : [])].join(' ');
  const first: RulerLabel[] = [
    { x: scale.x(nowMs), text: present, look: 'now' },
    ...ends.map((end) => ({ ...end, look: 'plain' as const })),
  ];
  return {
    marks: [...new Map([...ends, ...round].map(({ x, isDay }) => [x, { x, isDay }])).values()],
    labels: keepApart([
      ...first.filter(({ text }) => text !== '').map((label) => moveWithin(label, width)),
      ...round
        .filter(({ text, x }) => isInside(text, x, width))
        .map(({ x, text, isDay }) => ({ x, text, look: isDay ? ('day' as const) : ('plain' as const) })),
    ]),
  };
}

/** The instants at which the scale begins and ends, unless that is the present. */
function endsOf(
  { scale: { segments, x }, zone, nowMs }: Pick<Asked, 'scale' | 'zone' | 'nowMs'>,
  apart: number,
) {
  const first = segments[0];
  const last = segments.at(-1);
  const at = (atMs: number, segment: Segment) => ({
    x: x(atMs),
    text: nameEnd(atMs, segment, { zone, apart, nowMs }),
    isDay: false,
  });
  return [
    ...(first !== undefined && first.fromMs < nowMs ? [at(first.fromMs, first)] : []),
    ...(last !== undefined && last.untilMs > nowMs ? [at(last.untilMs, last)] : []),
  ];
}

const isInside = (text: string, x: number, width: number): boolean =>
  x >= widthOf(text) / 2 && x <= width - widthOf(text) / 2;

function moveWithin(label: RulerLabel, width: number): RulerLabel {
  const half = widthOf(label.text) / 2;
  return { ...label, x: Math.min(width - half, Math.max(half, label.x)) };
}

/** Leaves out each text that would overlap an earlier one. */
function keepApart(labels: readonly RulerLabel[]): RulerLabel[] {
  const kept: RulerLabel[] = [];
  for (const label of labels)
    if (kept.every(({ x, text }) => Math.abs(x - label.x) >= (widthOf(text) + widthOf(label.text)) / 2 + GAP))
      kept.push(label);
  return kept;
}
