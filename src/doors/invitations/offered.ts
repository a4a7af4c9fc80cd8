/**
 * Access that somebody shares, for whoever has no account here yet: a link stands for the offer, and whoever
 * opens it and knows when the patient was born goes on as by an invitation. The link holds nothing that can
 * be read, and is worth nothing once the offer is over.
 */
import { PosternError } from '../../base/errors.ts';
import type { AccountId, PracticeId } from '../../base/ids.ts';
import type { FoundInvitation, FoundOffer, Gate } from '../../gate/index.ts';
import type { Limits, Subject } from '../limits/limits.ts';
import type { Tickets } from '../signing-in/tickets.ts';
import { isDate } from './patient-facts.ts';

export interface OfferedParts {
  readonly gate: Pick<Gate, 'offers'>;
  readonly tickets: Tickets;
  /** The address people use, without a slash at its end. */
  readonly publicUrl: string;
}

/** An offer as an invitation is brought; what is asked of whoever brings it is the same. */
export interface BroughtOffer {
  readonly found: FoundInvitation;
  readonly offer: FoundOffer;
}

export class Offered {
  readonly #parts: OfferedParts;

  constructor(parts: OfferedParts) {
    this.#parts = parts;
  }

  /** Null where the record does not say on which day the patient was born: then nothing could be proved. */
  async link(
    practiceId: PracticeId,
    { offerId, seconds }: { readonly offerId: string; readonly seconds: number },
    birthDate: string | null,
  ): Promise<string | null> {
    if (birthDate === null || !isDate(birthDate)) return null;
    const { tickets, publicUrl } = this.#parts;
    const claims = { practice: practiceId, offer: offerId, born: birthDate };
    // Behind the `#`, which no server and no log ever sees.
    return `${publicUrl}/invited#${await tickets.make('offered', claims, seconds)}`;
  }

  /** Null for any other text, and for an offer that is over. */
  async find(typed: string): Promise<BroughtOffer | null> {
    const { gate, tickets } = this.#parts;
    const ticket = await tickets.read('offered', typed);
    if (ticket === null) return null;
    const offer = await gate.offers.find(ticket.practice as PracticeId, String(ticket.offer));
    return offer === null ? null : { offer, found: asInvitation(offer, String(ticket.born)) };
  }
}

/**
 * Counts a try and throws `not-processable` for a wrong date. After five the link is held as long as it would
 * work; the code stays what it is to whoever signs in here.
 */
export async function checkOffered(
  limits: Limits,
  network: Subject,
  { found, offer }: BroughtOffer,
  date: string,
): Promise<void> {
  const subjects: Subject[] = [network, { limit: 'offer-proof', of: offer.offerId }];
  await limits.take(subjects);
  if (found.content.birthDate !== date) {
    throw new PosternError('not-processable', 'That is not the date of birth that the practice has.');
  }
  await limits.give(subjects);
}

function asInvitation(offer: FoundOffer, birthDate: string): FoundInvitation {
  const { practiceId, offerId, chartId, sections, endsAt, expires, givenBy, under, accountId } = offer;
  return {
    practiceId,
    invitationId: offerId,
    content: {
      role: 'proxy',
      chartId,
      given: [{ sections, ends: endsAt?.toISOString() ?? null }],
      // Whoever comes says their own name and address.
      ...{ way: 'letter', name: '', email: null, birthDate, language: null, code: null, over: false },
      ...{ invitedBy: givenBy as AccountId, byOwner: false, under, expires: expires.toISOString() },
    },
    mailed: false,
    expires,
    triesLeft: OFFER_TRIES,
    accountId,
  };
}

const OFFER_TRIES = 5;
