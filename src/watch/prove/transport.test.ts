import { afterEach, expect, test } from 'vitest';
import { certificateFor } from '../../../test/support/certificate.ts';
import { openTlsFront, type TlsFront } from '../../../test/support/tls-front.ts';
import { Judge } from './finding.ts';
import { proveTransport } from './transport.ts';

const DAY_MS = 86_400_000;
const now = new Date();
const days = (count: number) => new Date(now.getTime() + count * DAY_MS);

let front: TlsFront | null = null;
afterEach(async () => {
  await front?.close();
  front = null;
});

/** What is found at an address, failures and warnings. */
async function found(url: string): Promise<string[]> {
  const judge = new Judge();
  await proveTransport(new URL(url), judge, now);
  const transport = judge.results.find(({ check }) => check === 'transport')!;
  return transport.findings.map(({ severity, sentence }) => `${severity}: ${sentence}`);
}

test('a certificate that nobody vouches for is found', async () => {
  front = await openTlsFront(1, certificateFor({ name: 'localhost', from: days(-1), until: days(90) }));
  expect(await found(`https://localhost:${front.port}`)).toEqual([
    expect.stringMatching(/^failure: The certificate is not trusted \(\w*SELF_SIGNED\w*\)/),
  ]);
});

test('one that is over, or soon will be, is found', async () => {
  front = await openTlsFront(1, certificateFor({ name: 'localhost', from: days(-9), until: days(-1) }));
  expect(await found(`https://localhost:${front.port}`)).toEqual([expect.stringMatching(/not trusted/)]);
  await front.close();
  front = await openTlsFront(1, certificateFor({ name: 'localhost', from: days(-9), until: days(5.5) }));
  const told = await found(`https://localhost:${front.port}`);
  expect(told).toContain('warning: The certificate ends in 5 days.');
});

test('an old version of TLS is found', async () => {
  const certificate = certificateFor({ name: 'localhost', from: days(-1), until: days(90) });
  const old = { minVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  front = await openTlsFront(1, certificate, old);
  const told = await found(`https://localhost:${front.port}`);
  expect(told).toContain('failure: It still speaks TLSv1.1.');
});

test('no TLS at all is found where it was promised, and beyond this machine', async () => {
  expect(await found('https://localhost:9')).toEqual([expect.stringMatching(/No connection with TLS 1.2/)]);
  expect(await found('http://care.practice.org')).toEqual([expect.stringMatching(/plain http/)]);
  expect(await found('http://127.0.0.1:8080')).toEqual([]);
});
