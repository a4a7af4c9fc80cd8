/** Addresses of mails, and the names that mails have. */

/** The addresses of those contacts that are mail addresses. */
export function mailAddresses(contacts: readonly string[]): string[] {
  return contacts
    .filter((contact) => contact.startsWith('mailto:'))
    .map((contact) => decodeURIComponent(contact.slice('mailto:'.length)));
}

/** The name of a mail, without its brackets: the same for the same mail (RFC 5322 section 3.6.4). */
export function messageIdAt(publicUrl: string, id: string): string {
  return `${id}@${new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')}`;
}
