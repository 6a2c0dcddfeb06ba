import { CopyButton } from '../copy-button.tsx';
import * as styles from './request-view.module.css';
import { type SentRequest, bodyText, type SentHeader } from './sent-request.ts';

type Props = { request: SentRequest; headers: readonly SentHeader[] };

/** A request: its line, its header fields and its body. */
export const RequestView = ({ request, headers }: Props) => {
  const body = bodyText(request);
  return (
    <section className={styles.message} aria-label="Request">
      <p className={styles.line}>
        <code>
          <strong>{request.method}</strong> {request.api}
        </code>
        <CopyButton text={request.api} label="Copy the URL" />
      </p>
      <dl className={styles.headers}>
        {headers.map(({ name, value, isWords }) => (
          <div key={name}>
            <dt>
              <code>{name}</code>
            </dt>
            <dd className={isWords ? styles.added : undefined}>{isWords ? value : <code>{value}</code>}</dd>
          </div>
        ))}
      </dl>
      {body === undefined ? (
        <p className={styles.added}>No body</p>
      ) : (
        <div className={styles.body}>
          <pre tabIndex={0} aria-label="Body">
            {body}
          </pre>
          <CopyButton text={body} label="Copy the body" />
        </div>
      )}
    </section>
  );
};
