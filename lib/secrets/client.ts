import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { awsClientSettings } from '../aws-client-settings.ts';

/** What one call takes at most, its second attempt included: less than a connection to the database may take. */
const CALL_TIMEOUT_MS = 4_500;

/** For Secrets Manager, at the address in AWS_ENDPOINT_URL_SECRETS_MANAGER where there is one. */
export function createSecretsClient({ region }: { region: string }): SecretsManagerClient {
  return new SecretsManagerClient({
    region,
    ...awsClientSettings({ maxAttempts: 2, attemptTimeoutMs: 2_000 }),
  });
}

/** Options of one call by such a client: they end it in time, whatever it waits for. */
export function withinCallTimeout(): { abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(CALL_TIMEOUT_MS) };
}
