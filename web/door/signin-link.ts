/** What a sign-in link holds: a one-time code behind the `#`, which no server ever sees. */

/** The code of a link as it stands in the address bar or was pasted; null where there is none. */
export function codeOf(text: string): string | null {
  const [, code] = /(?:^|#)([\w-]{20,200})$/.exec(text.trim()) ?? [];
  return code ?? null;
}

/**
 * The code of an invitation, out of its link or as it was typed, or the ticket of the mail to whoever
 * named an address; null where it looks like none.
 */
export function invitationCodeOf(text: string): string | null {
  const [, code] = /(?:^|#)([\w -]{8,2000})$/.exec(text.trim()) ?? [];
  return code ?? null;
}

/** The ticket of a recovery's link; null where there is none. */
export function recoveryTicketOf(text: string): string | null {
  const [, ticket] = /^#(?:begin|stop)=([\w-]{20,2000})$/.exec(text) ?? [];
  return ticket ?? null;
}

/**
 * Takes the code out of the address, so that neither the history nor a shoulder keeps it. A code in a link
 * waits for a press of the button: programs that look at links before people do must not use it up.
 */
export function takeCode(
  location: Location,
  history: History,
  read: (text: string) => string | null = codeOf,
): string | null {
  const code = read(location.hash);
  if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search);
  return code;
}
