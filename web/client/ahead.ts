/**
 * What a page asked for before its app was there (`first-look.ts` of the kit): the app takes the answers,
 * so that nothing is asked twice and no look is written down twice. They stand where both scripts of the
 * page find them, and are gone once they are taken.
 */
/** The field itself, for whoever makes requests of their own. */
export const OWN_PAGE = { 'postern-page': '1' };

declare global {
  interface Window {
    posternAhead?: Map<string, Promise<Response>>;
  }
}

/** How every request of a page is made. The field tells the server that a page of ours asks. */
export function requestOfPage(more: RequestInit = {}): RequestInit {
  return {
    credentials: 'same-origin',
    cache: 'no-store',
    redirect: 'error',
    ...more,
    // No form or link of another site can add a field.
    headers: { ...OWN_PAGE, ...more.headers },
  };
}

/** Asks, leaves the answer to the app, and tells its JSON; null where it is a refusal or none came. */
export async function askAhead(path: string): Promise<unknown> {
  window.posternAhead ??= new Map();
  const response = fetch(path, requestOfPage());
  window.posternAhead.set(path, response);
  try {
    const answer = await response;
    return answer.ok ? await answer.clone().json() : null;
  } catch {
    // The app meets the same failure and says what it is.
    return null;
  }
}

/** The answer that was asked for ahead, once. */
export function takeAhead(path: string): Promise<Response> | undefined {
  const answer = window.posternAhead?.get(path);
  window.posternAhead?.delete(path);
  return answer;
}
