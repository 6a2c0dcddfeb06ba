import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { awsClientSettings } from '../aws-client-settings.ts';

/** Maximum duration of one call with its second attempt; shorter than the timeout of a database connection. */
const CALL_TIMEOUT_MS = 4_500;

/** Creates a client for Secrets Manager, at the address in AWS_ENDPOINT_URL_SECRETS_MANAGER if that is set. */
export function createSecretsClient({ region }: { region: string }): SecretsManagerClient {
  return new SecretsManagerClient({
    region,
    ...awsClientSettings({ maxAttempts: 2, attemptTimeoutMs: 2_000 }),
  });
}

/** Returns the options that limit one call of this client to its timeout. */
export function withinCallTimeout(): { abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(CALL_TIMEOUT_MS) };
}
