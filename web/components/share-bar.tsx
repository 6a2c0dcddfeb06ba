import * as styles from './share-bar.module.css';

const WIDTH = 56;
const HEIGHT = 6;
/** A part that is not nothing shows. */
const LEAST = 2;

/** A share from 0 to 1, such as `12.5 %`. A share above 0 never shows as none, and one below 1 never as all. */
export function shareWords(share: number): string {
  const tenths = share > 0.5 ? Math.floor(share * 1_000) : Math.ceil(share * 1_000);
  return `${tenths / 10} %`;
}

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
      {shareWords(share)}
    </span>
  );
