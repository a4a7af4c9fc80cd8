/** The disclosure desk of a server: what finders ask and send, and the mails about it. */
import { systemClock } from '../base/clock.ts';
import { mailAddresses } from '../post/index.ts';
import { ensureReportIdentity } from '../seal/index.ts';
import { Desk, ReportMail, recipientNow, sealReportsTo } from '../watch/index.ts';
import type { Postern } from './open-postern.ts';

export interface ServedDesk {
  readonly desk: Desk;
  readonly mail: ReportMail;
}

export function openDesk(
  { configuration, database }: Postern,
  onError: (what: string, error: unknown) => void,
): ServedDesk {
  const clock = systemClock;
  const mail = new ReportMail({ owner: database.owner, configuration, clock, onError });
  const onReport = () => mail.poke();
  return { mail, desk: new Desk({ server: database.server, configuration, clock, onReport }) };
}

/** What a finder would miss, in a sentence each; nothing where the desk is whole. */
export async function deskGaps({ configuration, database }: Postern): Promise<string[]> {
  const gaps: string[] = [];
  if ((await recipientNow(database.owner)) === null) {
    gaps.push('Sealed reports of weaknesses are not set up: postern reports init.');
  }
  const { smtpUrl, securityContacts } = configuration;
  if (smtpUrl === null || mailAddresses(securityContacts).length === 0) {
    gaps.push('Nobody is told of them by mail: POSTERN_SMTP_URL and POSTERN_SECURITY_CONTACT say how.');
  }
  return gaps;
}

/** Has reports sealed to an identity beside the root key, so that the form can be tried in the demo. */
export async function setUpDemoDesk({ configuration, database }: Postern): Promise<void> {
  if ((await recipientNow(database.owner)) !== null) return;
  const { identity } = await ensureReportIdentity(configuration.reportsIdentity);
  await sealReportsTo(database.owner, identity.recipient);
}
