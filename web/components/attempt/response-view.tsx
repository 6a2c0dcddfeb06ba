import type { Attempt } from '../../api/types.ts';
import { countOf } from '../../time/format.ts';
import { JsonView } from '../json-view.tsx';
import * as styles from './response-view.module.css';

type Response = NonNullable<Attempt['response']>;

const KEPT_BYTES = 4_096;
/** Belfry reads no more of a body, so nothing knows how long a longer one was. */
const READ_BYTES = 65_536;

/** What the target said: its header fields, and its body as text. */
export const ResponseView = ({ response, isOpen }: { response: Response; isOpen: boolean }) => {
  const { headers, body, bodyEncoding, bodyBytes } = response;
  const fields = Object.entries(headers);
  const size =
    bodyBytes > READ_BYTES
      ? `more than ${READ_BYTES.toLocaleString('en-US')}`
      : bodyBytes.toLocaleString('en-US');
  const cut = bodyBytes > KEPT_BYTES ? `, the first ${KEPT_BYTES.toLocaleString('en-US')} are kept` : '';
  return (
    <div className={styles.response}>
      {fields.length > 0 && (
        <details>
          <summary>{countOf(fields.length, 'header field')}</summary>
          <dl className={styles.fields}>
            {fields.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{Array.isArray(value) ? value.join(', ') : value}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {bodyBytes === 0 ? (
        <p className={styles.none}>The body was empty.</p>
      ) : (
        <details open={isOpen}>
          <summary>
            Body: {size} bytes{cut}
            {bodyEncoding === 'base64' && ', shown in base64'}
          </summary>
          <JsonView text={body} />
        </details>
      )}
    </div>
  );
};
