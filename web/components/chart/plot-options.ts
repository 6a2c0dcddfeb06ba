import UPlot from 'uplot';
import { formatDay, formatMinute } from '../../time/format.ts';
import { type ChartLook, lonePlaces } from './series.ts';

type Asked = {
  width: number;
  look: ChartLook;
  zone: string;
  formatAxis: (value: number) => string;
  /** The colours of texts, of lines, and of each series in the order of drawing. */
  colours: readonly string[];
  /** The largest end of a scale of bars. */
  limit: number;
  onCursor: (index: number | null) => void;
  onSelect: (fromMs: number, untilMs: number) => void;
};

const HEIGHT = 176;
const AXIS_GAP = 6;
/** Half of the longest label of an instant, such as `30 Sept`. */
const LABEL_ROOM = 24;
const DAY_SECONDS = 86_400;
const FONT = '11px system-ui, sans-serif';

/** The settings of a drawing in uPlot. */
export function plotOptions(asked: Asked): UPlot.Options {
  const { width, look, zone, formatAxis, colours, limit, onCursor, onSelect } = asked;
  const [text = '', line = '', ...ofSeries] = colours;
  const axis = { stroke: text, font: FONT, ticks: { show: false } };
  const labelOf = (seconds: number, step: number): string =>
    step >= DAY_SECONDS ? formatDay(seconds * 1_000, zone).slice(4) : formatMinute(seconds * 1_000, zone);
  let roomAtEnd = 0;
  return {
    width,
    height: HEIGHT,
    padding: [8, () => roomAtEnd, 0, 0],
    tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1_000), zone),
    legend: { show: false },
    cursor: {
      y: false,
      points: { show: false },
      sync: { key: 'charts' },
      drag: { x: true, y: false, setScale: false },
    },
    scales: {
      x: { time: true, range: timeRange },
      y:
        look === 'log'
          ? { distr: 3, range: logRange }
          : { range: (_, __, most) => [0, topOf(look, Math.min(most, limit))] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        gap: 8,
        values: (plot, splits, __, ___, step) => {
          roomAtEnd = roomFor(plot, splits.at(-1));
          return splits.map((seconds) => labelOf(seconds, step));
        },
      },
      {
        ...axis,
        grid: { stroke: line, width: 1 },
        size: widthOfLabels,
        gap: AXIS_GAP,
        space: 36,
        ...(look === 'log' && { splits: powersOfTen, filter: (_: UPlot, splits: number[]) => splits }),
        values: (_, splits) => splits.map((value) => formatAxis(value)),
      },
    ],
    series: [{}, ...ofSeries.map((colour) => seriesOf(colour, look))],
    hooks: {
      setCursor: [({ cursor }) => onCursor(cursor.idx ?? null)],
      setSelect: [
        (plot) => {
          const { left, width: length } = plot.select;
          if (length < 3) return;
          onSelect(plot.posToVal(left, 'x') * 1_000, plot.posToVal(left + length, 'x') * 1_000);
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}

/** The last value is that of a step, too: without the time of the step, its bar would have no place. */
const timeRange = ({ data: [at] }: UPlot, first: number, last: number): UPlot.Range.MinMax => [
  first,
  last + (at[1] === undefined ? 0 : at[1] - (at[0] ?? 0)),
];

/** The room that the label of the last instant needs beyond the last step, where it lies close to the end. */
function roomFor({ scales, width }: UPlot, seconds: number | undefined): number {
  const { min, max } = scales['x'] ?? {};
  if (seconds === undefined || min == null || max == null) return 0;
  const toEnd = ((max - seconds) / (max - min)) * width;
  return Math.max(0, Math.ceil(LABEL_ROOM - toEnd));
}

/** The labels of the axis begin at the edge of the chart, also when they are long. Short ones leave room for the first instant. */
function widthOfLabels({ ctx, axes }: UPlot, labels: readonly string[] | null, axis: number): number {
  // Before the first scale there are none.
  if (labels === null) return 0;
  const before = ctx.font;
  ctx.font = axes[axis]?.font?.[0] ?? before;
  const longest = Math.max(0, ...labels.map((label) => ctx.measureText(label).width / devicePixelRatio));
  ctx.font = before;
  return Math.max(LABEL_ROOM, Math.ceil(longest) + AXIS_GAP);
}

const LEAST_SHARE = 0.05;

/** The end of a scale that begins at 0. A share of the whole is its end at most. */
const topOf = (look: ChartLook, most: number): number =>
  look === 'shares' ? Math.min(1, Math.max(LEAST_SHARE, most * 1.1)) : Math.max(1, most * 1.1);

const MIN_TOP = 100;
const MAX_POWERS = 5;

/** The powers of ten of a scale, at most five of them. */
function powersOfTen(_: UPlot, __: number, least: number, most: number): number[] {
  const first = Math.round(Math.log10(least));
  const count = Math.round(Math.log10(most)) - first + 1;
  const step = Math.ceil(count / MAX_POWERS);
  return Array.from({ length: Math.ceil(count / step) }, (_each, index) => 10 ** (first + index * step));
}

/** From 1 to the next power of ten. */
const logRange = (_: UPlot, __: number, most: number): UPlot.Range.MinMax => [
  1,
  10 ** Math.ceil(Math.log10(Math.max(MIN_TOP, most))),
];

function seriesOf(colour: string, look: ChartLook): UPlot.Series {
  if (look !== 'bars') {
    const filter: UPlot.Series.Points.Filter = (plot, place) => lonePlaces([...(plot.data[place] ?? [])]);
    return {
      stroke: colour,
      width: 1.5,
      points: { show: false, filter, size: 5, width: 0, fill: colour },
      spanGaps: false,
    };
  }
  const paths = UPlot.paths.bars?.({ size: [0.82, 24], align: 1 });
  return { fill: colour, width: 0, points: { show: false }, ...(paths !== undefined && { paths }) };
}
