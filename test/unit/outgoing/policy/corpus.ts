const words = (text: string): string[] => text.trim().split(/\s+/);

/**
 * The IANA special-purpose address registries, all rows (https://www.iana.org/assignments/iana-ipv4-special-registry and
 * https://www.iana.org/assignments/iana-ipv6-special-registry), except NAT64's 64:ff9b::/96, which is judged by the address
 * behind it.
 */
export const specialPurpose = {
  ipv4: words(`
    0.0.0.0/8 0.0.0.0/32 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12
    192.0.0.0/24 192.0.0.0/29 192.0.0.8/32 192.0.0.9/32 192.0.0.10/32 192.0.0.170/32 192.0.0.171/32
    192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.88.99.2/32 192.168.0.0/16
    192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 255.255.255.255/32
  `),
  ipv6: words(`
    ::1/128 ::/128 ::ffff:0:0/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001::/32
    2001:1::1/128 2001:1::2/128 2001:1::3/128 2001:2::/48 2001:3::/32 2001:4:112::/48 2001:10::/28
    2001:20::/28 2001:30::/28 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20 5f00::/16 fc00::/7
    fe80::/10
  `),
};

/** Special for other reasons: multicast, deprecated, never assigned. */
export const otherClosed = words(`
    224.0.0.0/4 ::/96 ::ffff:0:0:0/96 fec0::/10 ff00::/8 3ffe::/16 100::/8 4000::/3 6000::/3
    8000::/3 a000::/3 c000::/3 e000::/4 f000::/5 f800::/6 fe00::/9 200::/7 400::/6 800::/5 1000::/4
  `);

/** Addresses of metadata and credentials of clouds and orchestrators. */
export const metadata = [
  ['169.254.169.254', 'AWS, Azure, Google, Oracle, DigitalOcean, OpenStack …'],
  ['169.254.169.253', 'DNS of a VPC'],
  ['169.254.170.2', 'credentials of an ECS task'],
  ['169.254.170.23', 'credentials of an EKS pod'],
  ['169.254.100.1', "Lambda's runtime API with SnapStart"],
  ['127.0.0.1', "Lambda's runtime API"],
  ['fd00:ec2::254', 'AWS'],
  ['fd00:ec2::253', 'DNS of a VPC'],
  ['fd00:ec2::23', 'credentials of an EKS pod'],
  ['fd20:ce::254', 'Google'],
  ['fd00:c1::a9fe:a9fe', 'Oracle'],
  ['fd00:42::42', 'Scaleway'],
  ['fe80::a9fe:a9fe', 'OpenStack'],
  ['100.100.100.200', 'Alibaba'],
  ['168.63.129.16', "Azure's wire server"],
  ['192.0.0.192', 'Oracle'],
] as const;

/** Public addresses, most of them next to one that is not public; the last two differ from ISATAP by a bit. */
export const publicAddresses = words(`
    1.0.0.0 1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 93.184.216.34 100.63.255.255 100.128.0.0
    126.255.255.255 128.0.0.0 168.63.129.15 168.63.129.17 169.253.255.255 169.255.0.0 172.15.255.255
    172.32.0.0 191.255.255.255 192.0.1.0 192.0.1.255 192.0.3.0 192.31.195.255 192.31.197.0
    192.52.192.255 192.52.194.0 192.88.98.255 192.88.100.0 192.167.255.255 192.169.0.0
    192.175.47.255 192.175.49.0 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255
    203.0.114.0 223.255.255.255 2000:: 2001:200:: 2001:db7:ffff::1 2001:db9:: 2001:4860:4860::8888
    2003::1 2400:cb00::1 2606:4700:4700::1111 2620:4f:7fff:ffff::1 2620:4f:8001:: 2620:fe::fe
    2a00:1450:4001:80b::200e 2c0f:fb50::1 3ffd:ffff::1 3fff:1000::
    3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 64:ff9b::8.8.8.8 64:ff9b::5db8:d822
    2001:4860::100:5efe:a00:1 2001:4860::5eff:a00:1
  `);

/** Strings that are not addresses, or ambiguous. */
export const notAddresses = [
  '',
  ' ',
  '8.8.8',
  '8.8',
  '8',
  '134744072',
  '0x08080808',
  '0x8.8.8.8',
  '010.8.8.8',
  '8.8.8.08',
  '8.8.8.8.',
  '8.8.8.8.8',
  '8.8.8.256',
  '8.8.8.8 ',
  ' 8.8.8.8',
  '8.8.8.8\n',
  '8.8.8.8/32',
  '8.8.8.8:80',
  '[2600::1]',
  '2600::1%eth0',
  '2600::1%',
  '2600:::1',
  '2600::1::1',
  '2600',
  '2600:1:1:1:1:1:1:1:1',
  '2600::10000',
  'example.com',
  'localhost',
  '::ffff:8.8.8.8.8',
  '８.8.8.8',
] as const;
