import { X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { addAuthorities, authoritiesInFunction } from '../../infra/bundling.ts';
import { databaseAt } from '../../infra/constructs/database-access.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const bundle = readFileSync(join(root, 'infra/certificates/rds.pem'), 'utf8');
const certificates = [...bundle.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)].map(
  ([text]) => new X509Certificate(text),
);
const regionOf = ({ subject }: X509Certificate): string | undefined =>
  /CN=Amazon RDS ([a-z]+-[a-z]+-\d) Root CA (?:RSA2048|RSA4096|ECC384) G1/.exec(subject)?.[1];

test('the file of RDS authorities says where they come from, and since when', () => {
  expect(bundle).toMatch(
    /^# .*Amazon RDS[^]*https:\/\/truststore\.pki\.rds\.amazonaws\.com[^]*Taken on \d{4}-\d\d-\d\d/,
  );
});

test('the RDS authorities are self-signed, and are valid for five more years', () => {
  const fiveYearsOn = Date.now() + 5 * 365 * 86_400_000;
  expect(certificates.length).toBeGreaterThan(80);
  for (const certificate of certificates) {
    expect(certificate.ca).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(fiveYearsOn);
  }
  expect(new Set(certificates.map(({ fingerprint256 }) => fingerprint256)).size).toBe(certificates.length);
});

test('each region has its three authorities', () => {
  const byRegion = Map.groupBy(certificates, regionOf);
  expect(byRegion.has(undefined)).toBe(false);
  expect([...byRegion.keys()]).toEqual(expect.arrayContaining(['us-east-1', 'eu-central-1', 'ap-south-1']));
  for (const [region, ofRegion] of byRegion)
    expect({ region, count: ofRegion.length }).toEqual({ region, count: 3 });
});

test('a function contains the authorities at the path in its variable', () => {
  const output = mkdtempSync(join(tmpdir(), 'belfry-bundle-'));
  try {
    for (const command of addAuthorities(root, output)) execFileSync('sh', ['-c', command]);
    expect(readFileSync(join(output, basename(authoritiesInFunction)), 'utf8')).toBe(bundle);
  } finally {
    rmSync(output, { recursive: true });
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only its ARN is read
  const secret = { secretArn: 'arn' } as Parameters<typeof databaseAt>[0]['secret'];
  const { migrations } = databaseAt({ host: 'db', port: '5432', name: 'jobs', secret });
  expect(migrations.environment['BELFRY_DATABASE_CA_FILE']).toBe(authoritiesInFunction);
});
