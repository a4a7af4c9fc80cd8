/** Whether somebody who finds a weakness learns whom to tell: security.txt (RFC 9116). */
import type { Judge } from './finding.ts';
import type { Outside } from './outside.ts';

const PATH = '/.well-known/security.txt';
const DAY_MS = 86_400_000;
const MEND =
  'Set POSTERN_SECURITY_CONTACT to an address that is read, and let the proxy pass /.well-known/ on.';

export interface FinderTerms {
  readonly now: Date;
  /** Beyond this machine: what is missing fails. On it, it is only told. */
  readonly production: boolean;
}

export async function proveFinders(outside: Outside, judge: Judge, terms: FinderTerms): Promise<void> {
  const told = await outside.ask(null, { method: 'GET', target: PATH });
  judge.looked('finders');
  const faults = told.status === 200 ? faultsOf(told.text, terms) : [`It answers ${told.status}.`];
  const type = String(told.headers['content-type'] ?? '');
  if (told.status === 200 && !/^text\/plain\b.*charset=utf-8/i.test(type)) {
    faults.push('It is not text/plain in UTF-8 (RFC 9116 section 3).');
  }
  for (const fault of faults) {
    if (terms.production) judge.fail('finders', PATH, fault, MEND);
    else judge.warn('finders', PATH, fault, MEND);
  }
}

/** What is wrong with a security.txt, by RFC 9116 section 2.5. */
export function faultsOf(text: string, { now, production }: FinderTerms): string[] {
  const fields = text
    .split(/\r?\n/)
    .map((line) => /^([A-Za-z-]+):\s*(.*?)\s*$/.exec(line))
    .filter((match) => match !== null)
    .map((match) => [match[1]!.toLowerCase(), match[2]!] as const);
  const values = (name: string) => fields.filter(([field]) => field === name).map(([, value]) => value);
  const faults: string[] = [];
  const contacts = values('contact');
  if (contacts.length === 0) faults.push('It has no Contact.');
  const form = production ? /^(mailto:|tel:|https:\/\/)/ : /^(mailto:|tel:|https?:\/\/)/;
  if (contacts.some((contact) => !form.test(contact))) {
    faults.push('A Contact is no mailto:, tel: or https: address.');
  }
  const expires = values('expires');
  if (expires.length !== 1) faults.push(`It has ${expires.length} Expires fields, not one.`);
  for (const each of expires) {
    const at = Date.parse(each);
    if (!/^\d{4}-\d\d-\d\dT/.test(each) || Number.isNaN(at))
      faults.push('Its Expires is no time (RFC 3339).');
    else if (at <= now.getTime()) faults.push('It has expired.');
    else if (at > now.getTime() + 366 * DAY_MS) faults.push('It expires in more than a year.');
  }
  if (values('preferred-languages').length > 1) faults.push('It has more than one Preferred-Languages.');
  return faults;
}
