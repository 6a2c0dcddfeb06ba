import type { Explanation as Explained } from '../../api/types.ts';
import * as styles from './explanation.module.css';
import { Sentence } from './sentence.tsx';

/** The facts that were recorded when they happened, as sentences. */
export const Explanation = ({ explanation }: { explanation: Explained | undefined }) => (
  <ol className={styles.list} aria-busy={explanation === undefined}>
    {explanation?.facts.map(({ code, at, sentence }) => (
      <li key={`${code} ${at} ${sentence}`} className={styles.fact}>
        <Sentence text={sentence} />
      </li>
    ))}
  </ol>
);
