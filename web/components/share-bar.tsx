import * as styles from './share-bar.module.css';
import { shareWords } from './share-words.ts';

const WIDTH = 56;
const HEIGHT = 6;
/** A part that is not nothing shows. */
const LEAST = 2;

/** The share of failures, as a bar with its number. */
export const ShareBar = ({ share }: { share: number | null }) =>
  share === null ? (
    '–'
  ) : (
    <span className={styles.share}>
      <svg className={styles.bar} width={WIDTH} height={HEIGHT} aria-hidden="true" focusable="false">
        <rect className={styles.track} width={WIDTH} height={HEIGHT} rx={HEIGHT / 2} />
        {share > 0 && (
          <rect
            className={styles.part}
            width={Math.max(LEAST, share * WIDTH)}
            height={HEIGHT}
            rx={HEIGHT / 2}
          />
        )}
      </svg>
      <span className={styles.words}>{shareWords(share)}</span>
    </span>
  );
