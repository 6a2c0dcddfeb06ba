import { layOutJson } from '../json/tokens.ts';
import * as styles from './json-view.module.css';

/** A text, laid out if it is JSON. It never becomes part of the page's structure. */
export const JsonView = ({ text }: { text: string }) => {
  const tokens = layOutJson(text);
  return (
    <pre className={styles.view} tabIndex={0}>
      {tokens === undefined
        ? text
        : tokens.map(({ kind, text: token }, index) =>
            kind === 'space' || kind === 'mark' ? (
              token
            ) : (
              // oxlint-disable-next-line react/no-array-index-key -- a text never changes its order
              <span key={index} className={styles[kind]}>
                {token}
              </span>
            ),
          )}
    </pre>
  );
};
