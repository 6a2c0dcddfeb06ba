import { useState } from 'react';
import { toCommand } from '../../../api/command.ts';
import type { Job } from '../../../api/types.ts';
import { Button } from '../../../components/button.tsx';
import { Command } from '../../../components/command.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { Segmented } from '../../../components/segmented.tsx';
import { secretNames, toCdk, toCreation, toYaml } from './copies.ts';
import * as styles from './dialogs.module.css';

const forms = [
  { value: 'curl', label: 'curl' },
  { value: 'yaml', label: 'YAML' },
  { value: 'cdk', label: 'CDK' },
] as const;

const texts = {
  curl: (job: Job) => toCommand(toCreation(job)),
  yaml: toYaml,
  cdk: toCdk,
};

/** The job as text that creates the same one. */
export const CopyDialog = ({ job, onClose }: { job: Job; onClose: () => void }) => {
  const [form, setForm] = useState<(typeof forms)[number]['value']>('curl');
  const secrets = secretNames(job);
  return (
    <Dialog title="Copy the job" onClose={onClose} isWide footer={<Button onClick={onClose}>Close</Button>}>
      <Segmented label="Form" value={form} options={forms} onChange={setForm} />
      <Command text={texts[form](job)} />
      {form === 'curl' && (
        <p className={styles.quiet}>
          <code>$BELFRY_KEY</code> is an API key that may write.
        </p>
      )}
      {job.key !== null && (
        <p className={styles.quiet}>Only one job can have the key. Change it for a second job.</p>
      )}
      {secrets.length > 0 && (
        <p className={styles.quiet}>
          {form === 'cdk'
            ? 'Secret values cannot be read back. Put them into AWS Secrets Manager, and write the name of the secret for NAME: '
            : 'Secret values cannot be read back. Put in the values of '}
          {secrets.join(', ')}.
        </p>
      )}
      {form === 'cdk' && (
        <p className={styles.quiet}>
          <code>scheduler</code> is the <code>JobScheduler</code> of your stack, which then manages the job.
          {job.key === null && ' The declared job is a new one: delete this one when it is deployed.'}
        </p>
      )}
    </Dialog>
  );
};
