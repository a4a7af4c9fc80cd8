/** Practices and people of the demo: everybody knows their names. */
import type { Pool } from 'pg';
import type { Accounts } from '../../gate/index.ts';
import { CANARY_DOMAIN } from '../prove/canaries.ts';
import type { Fault } from './fault.ts';

/** Domains that belong to nobody (RFC 2606, RFC 6761): an account there is for trying out. */
const NOBODYS = /@([^@]*\.)?(example|test|invalid|localhost|example\.(com|net|org))$/;

export async function demoPracticeFaults(owner: Pool, demoSlugs: readonly string[]): Promise<Fault[]> {
  const { rows } = await owner.query<{ slug: string }>(
    `select p.slug
     from postern.practice p
     where p.slug = any($1)
     order by p.slug`,
    [demoSlugs],
  );
  return rows.map(({ slug }) => ({
    check: 'demo',
    sentence:
      `The demo practice ${slug} is in this database; give production a POSTERN_DATA (or ` +
      'POSTERN_DATABASE_URL) of its own.',
  }));
}

/**
 * Accounts are counted and not named: the log of a server may be read by more people than its accounts. Those
 * of a `postern prove` that runs, or was killed, sign nobody in and are left aside.
 */
export async function demoAccountFaults(accounts: Accounts, owner: Pool): Promise<Fault[]> {
  const all = await accounts.listAccounts(owner);
  const found = all.filter(
    ({ email, disabled }) => !disabled && NOBODYS.test(email) && !email.endsWith(`@${CANARY_DOMAIN}`),
  ).length;
  if (found === 0) return [];
  const [which, them, of] =
    found === 1 ? ['One account has', 'it', ''] : [`${found} accounts have`, 'them', ' for each'];
  return [
    {
      check: 'demo',
      sentence:
        `${which} an address for demos and tests (as in .example); find ${them} with postern account list, ` +
        `and run postern account disable EMAIL${of}.`,
    },
  ];
}
