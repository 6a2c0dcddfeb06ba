import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

export type CertificateAuthority = {
  /** Its own certificate, PEM. */
  certificate: string;
  /** A server's certificate and key, PEM, for these DNS names. */
  issue: (...dnsNames: string[]) => { certificate: string; key: string };
};

/**
 * Makes a certificate by writing the DER of X.509, with only the parts that tests need. Node cannot make certificates, and
 * not every machine has openssl.
 */
export function createAuthority(name: string): CertificateAuthority {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certify = (subject: string, publicKey: KeyObject, extensions: Buffer[]) =>
    certificateOf({ issuer: name, issuerKey: own.privateKey, subject, publicKey, extensions });
  const isAuthority = extension('551d13', sequence(der(0x01, Buffer.of(0xff))), { critical: true });
  return {
    certificate: certify(name, own.publicKey, [isAuthority]),
    issue: (...dnsNames) => {
      const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const dnsName = 0x82;
      const names = sequence(...dnsNames.map((dns) => der(dnsName, Buffer.from(dns))));
      return {
        certificate: certify(dnsNames[0] ?? 'server', server.publicKey, [extension('551d11', names)]),
        key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
    },
  };
}

const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'));

function certificateOf(options: {
  issuer: string;
  issuerKey: KeyObject;
  subject: string;
  publicKey: KeyObject;
  extensions: Buffer[];
}): string {
  const version3 = der(0xa0, der(0x02, Buffer.of(2)));
  const serial = der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)]));
  const unsigned = sequence(
    version3,
    serial,
    ECDSA_WITH_SHA256,
    nameOf(options.issuer),
    sequence(instant('200101000000Z'), instant('491231235959Z')),
    nameOf(options.subject),
    options.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...options.extensions)),
  );
  const signature = der(0x03, Buffer.concat([Buffer.of(0), sign('sha256', unsigned, options.issuerKey)]));
  return pem(sequence(unsigned, ECDSA_WITH_SHA256, signature));
}

function nameOf(commonName: string): Buffer {
  const attribute = sequence(oid('550403'), der(0x0c, Buffer.from(commonName)));
  return sequence(der(0x31, attribute));
}

function extension(oidHex: string, value: Buffer, { critical = false } = {}): Buffer {
  const isCritical = critical ? [der(0x01, Buffer.of(0xff))] : [];
  return sequence(oid(oidHex), ...isCritical, der(0x04, value));
}

function instant(utcTime: string): Buffer {
  return der(0x17, Buffer.from(utcTime));
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const head = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
