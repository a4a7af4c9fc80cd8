import { expect, test } from 'vitest';
import { networkOf } from './network.ts';

test('a household of IPv6 is one network, and an address of IPv4 is its own', () => {
  expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2');
  expect(networkOf('2001:db8:1:2::7')).toBe('2001:db8:1:2');
  expect(networkOf('2001:0DB8:0001:0002::')).toBe('2001:db8:1:2');
  expect(networkOf('2001:db8::1')).toBe('2001:db8:0:0');
  expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0');
  expect(networkOf('::1')).toBe('0:0:0:0');
  expect(networkOf('192.0.2.1')).toBe('192.0.2.1');
});
