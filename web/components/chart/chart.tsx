import { lazy, type ReactNode, Suspense, useState } from 'react';
import { Button } from '../button.tsx';
import { Panel } from '../panel.tsx';
import * as canvasStyles from './canvas.module.css';
import type { CanvasProps } from './canvas.tsx';
import { ChartTable } from './chart-table.tsx';
import * as styles from './chart.module.css';
import { Legend } from './legend.tsx';

type Props = CanvasProps & {
  title: string;
  /** The one value to see. */
  figure: string;
  /** What the chart shows, in words. */
  sentence: string;
  /** Shows the name of a series in the legend, such as a link. */
  renderLabel?: (label: string) => ReactNode;
  /** What stands next to the button for the table. */
  aside?: ReactNode;
  /** The instant at which the shared cursor is, in milliseconds. */
  cursor: number | null;
};

const Canvas = lazy(async () => ({ default: (await import('./canvas.tsx')).Canvas }));

const same = (label: string): ReactNode => label;

/** Values over time: as a figure, as a sentence, as a drawing, and as a table. */
export const Chart = ({ title, figure, sentence, aside, cursor, renderLabel = same, ...drawing }: Props) => {
  const [isTable, setTable] = useState(false);
  return (
    <Panel
      title={title}
      aside={
        <span className={styles.aside}>
          {aside}
          <Button look="quiet" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
            Show as table
          </Button>
        </span>
      }
    >
      <div>
        <p className={styles.figure}>{figure}</p>
        <p className={styles.sentence}>{sentence}</p>
      </div>
      {isTable ? (
        <ChartTable title={title} {...drawing} />
      ) : (
        <>
          <Suspense fallback={<div className={canvasStyles.canvas} />}>
            <Canvas {...drawing} />
          </Suspense>
          <Legend {...drawing} cursor={cursor} renderLabel={renderLabel} />
        </>
      )}
    </Panel>
  );
};
