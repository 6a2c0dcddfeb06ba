import 'uplot/dist/uPlot.min.css';
import { useEffect, useEffectEvent } from 'react';
import UPlot from 'uplot';
import { useWidth } from '../use-width.ts';
import * as styles from './canvas.module.css';
import { plotOptions } from './plot-options.ts';
import { atLeastOne, type ChartLook, type ChartSeries, scaleLimit, stack } from './series.ts';
import { readColours, useThemeName } from './theme-colours.ts';

export type CanvasProps = {
  /** In milliseconds, one for each value. */
  at: readonly number[];
  series: readonly ChartSeries[];
  look: ChartLook;
  zone: string;
  format: (value: number) => string;
  /** A shorter form for the axis, if `format` is too long. */
  formatAxis?: (value: number) => string;
  /** Called with the instant of the cursor, which all charts of a screen share. */
  onCursor: (atMs: number | null) => void;
  /** Called with the span that was drawn over. */
  onSelect: (fromMs: number, untilMs: number) => void;
};

/** The drawing of a chart. It is a chunk of its own, because uPlot is only needed here. It is made again when the theme changes. */
export const Canvas = (props: CanvasProps) => <Drawing key={useThemeName()} {...props} />;

const Drawing = ({
  at,
  series,
  look,
  zone,
  format,
  formatAxis = format,
  onCursor,
  onSelect,
}: CanvasProps) => {
  const { frame, element, width } = useWidth();
  const point = useEffectEvent((index: number | null) =>
    onCursor(index === null ? null : (at[index] ?? null)),
  );
  const select = useEffectEvent(onSelect);
  useEffect(() => {
    if (element === null || width === 0) return undefined;
    const values = look === 'bars' ? stack(series).toReversed() : series.map((each) => each.values);
    const shown = look === 'log' ? values.map(atLeastOne) : values;
    const tokens = series.map(({ colour }) => colour);
    const colours = readColours([
      '--text-quiet',
      '--line',
      ...(look === 'bars' ? tokens.toReversed() : tokens),
    ]);
    const limit = scaleLimit(series);
    const plot = new UPlot(
      plotOptions({ width, look, zone, formatAxis, colours, limit, onCursor: point, onSelect: select }),
      [at.map((ms) => ms / 1_000), ...shown.map((each) => [...each])],
      element,
    );
    return () => plot.destroy();
  }, [at, series, look, zone, formatAxis, width, element]);
  return <div ref={frame} className={styles.canvas} aria-hidden="true" />;
};
