/** The disclosure desk of a server: what finders ask and send, and the mails about it. */
import { systemClock } from '../base/clock.ts';
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

/** Has reports sealed to an identity beside the root key, so that the form can be tried in the demo. */
export async function setUpDemoDesk({ configuration, database }: Postern): Promise<void> {
  if ((await recipientNow(database.owner)) !== null) return;
  const { identity } = await ensureReportIdentity(configuration.reportsIdentity);
  await sealReportsTo(database.owner, identity.recipient);
}
