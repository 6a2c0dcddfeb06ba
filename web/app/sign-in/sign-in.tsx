import { type SubmitEvent, useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { checkKey } from '../../api/check-key.ts';
import { signIn, useEndReason } from '../../api/session.ts';
import { Button } from '../../components/button.tsx';
import { Field } from '../../components/field.tsx';
import { Icon } from '../../components/icon.tsx';
import * as styles from './sign-in.module.css';

/** Asks for the API key. The second key shows when the gateway asks for it. */
export const SignIn = () => {
  const [key, setKey] = useState('');
  const [gatewayKey, setGatewayKey] = useState('');
  const [asksForBoth, setAsksForBoth] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const endReason = useEndReason();
  const [isBusy, setBusy] = useState(false);

  const submit = async () => {
    setBusy(true);
    const session = { key: key.trim(), gatewayKey: gatewayKey.trim() };
    const problem = await checkKey(session);
    setBusy(false);
    if (problem === undefined) return signIn(session);
    if (problem instanceof ApiError && problem.code === 'GATEWAY_REFUSED') setAsksForBoth(true);
    setRefusal(problem.message);
  };
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    void submit();
  };

  return (
    <main className={styles.page}>
      <form className={styles.form} onSubmit={onSubmit}>
        <p className={styles.brand}>
          <Icon name="bell" /> Belfry
        </p>
        <h1>Sign in</h1>
        <Field
          label="API key"
          type="password"
          required
          autoFocus
          value={key}
          error={refusal ?? endReason}
          hint="It stays in this tab, and is gone when the tab is closed."
          onChange={({ target }) => setKey(target.value)}
        />
        {asksForBoth ? (
          <Field
            label="Key of the usage plan"
            type="password"
            autoFocus
            value={gatewayKey}
            hint="API Gateway’s own key, which this deployment asks for as well."
            onChange={({ target }) => setGatewayKey(target.value)}
          />
        ) : (
          <button type="button" className={styles.more} onClick={() => setAsksForBoth(true)}>
            The deployment has a usage plan
          </button>
        )}
        <Button type="submit" look="primary" disabled={isBusy || key.trim() === ''}>
          {isBusy ? 'Checking the key …' : 'Sign in'}
        </Button>
      </form>
      <p className={styles.help}>
        On one machine, <code>npm start</code> prints a link that signs in. The key is in{' '}
        <code>.local/api-key</code>.
      </p>
    </main>
  );
};
