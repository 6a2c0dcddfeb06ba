import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** For Secrets Manager, at the address in AWS_ENDPOINT_URL_SECRETS_MANAGER where there is one. */
export function createSecretsClient({ region }: { region: string }): SecretsManagerClient {
  return new SecretsManagerClient({
    region,
    maxAttempts: 2,
    // Both attempts end within the 5 s that a connection to the database may take.
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });
}
