import { describe, expect, it } from 'vitest';
import { isRefusedAddress, lookupAllowed } from '../../../emulator/protocol/outgoing-address.ts';

const strict = { allowPrivate: false };

/** The host as a URL has it, whatever its spelling. */
function refuses(host: string, rule = strict): boolean {
  return isRefusedAddress(new URL(`http://${host}/`).hostname, rule);
}

describe('an address that the emulator goes to', () => {
  it.each([
    ['unspecified', ['0.0.0.0', '0', '0.1.2.3', '[::]']],
    ['link-local', ['169.254.169.254', '0xa9fea9fe', '2852039166', '0251.0376.0251.0376', '[fe80::1]', '[febf::1]']],
    [
      'private',
      ['10.0.0.1', '10.1', '10.0.0.1.', '172.16.0.1', '172.31.255.255', '192.168.1.1', '0xc0.168.1', '[fd00::1]'],
    ],
    ['shared by customers of a provider', ['100.64.0.1', '100.127.255.255']],
    ['multicast, reserved or broadcast', ['224.0.0.1', '240.0.0.1', '255.255.255.255', '[ff02::1]']],
    ['special', ['192.0.0.1', '198.18.0.1', '[fec0::1]', '[2001:db8::1]']],
    [
      'an IPv4 address inside of an IPv6 one',
      ['[::ffff:10.0.0.1]', '[::ffff:a9fe:a9fe]', '[::10.0.0.1]', '[64:ff9b::a00:1]', '[2002:a00:1::]'],
    ],
    ['loopback by another spelling than its own', ['[::ffff:127.0.0.1]', '[::127.0.0.1]']],
  ])('is refused when it is %s', (_, hosts) => {
    expect(hosts.filter((host) => !refuses(host))).toEqual([]);
    expect(hosts.filter((host) => refuses(host, { allowPrivate: true }))).toEqual([]);
  });

  it('may be on the internet or on loopback', () => {
    const hosts = [
      '8.8.8.8',
      '172.15.0.1',
      '172.32.0.1',
      '100.63.0.1',
      '[2606:4700::1111]',
      '127.0.0.1',
      '[::1]',
      '127.1',
    ];
    expect(hosts.filter((host) => refuses(host))).toEqual([]);
  });
});

describe('the addresses of a name', () => {
  it.each([
    ['localhost', strict, undefined],
    ['10.0.0.1', strict, '10.0.0.1 is in a private network'],
    ['169.254.169.254', strict, '169.254.169.254 is in a private network'],
    ['10.0.0.1', { allowPrivate: true }, undefined],
  ])('are kept from those who must not go there: %s %j', async (name, rule, message) => {
    const got = await new Promise((resolve) => {
      lookupAllowed(rule)(name, { all: true }, (error) => resolve(error?.message));
    });
    expect(got).toBe(message);
  });
});
