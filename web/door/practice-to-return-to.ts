/** What the address of a lock says beside the page to come back to. */

/** The practice that the person was locked out of; null where the address names none. */
export function practiceToReturnTo(): string | null {
  const slug = new URLSearchParams(location.search).get('practice');
  return slug !== null && /^[\w-]{1,100}$/.test(slug) ? slug : null;
}
