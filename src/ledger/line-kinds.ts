/** Kinds of lines about who comes in and who lets whom: what an officer asks the log for. */

export const LINE_KINDS = {
  'sign-in': ['open-session', 'end-session', 'sign-in-failed', 'sign-in-link', 'touch'],
  factor: ['factor-add', 'factor-change', 'factor-remove'],
  account: [
    'create-account',
    'disable-account',
    'enable-account',
    'address-add',
    'address-change',
    'address-remove',
  ],
  invitation: ['invite', 'invite-used', 'invite-failed', 'invite-end', 'invite-letter', 'list-invitations'],
  recovery: ['recover-ask', 'recover-start', 'recover-end', 'list-recoveries'],
  grant: [
    'grant',
    'end-grant',
    'offer-grant',
    'take-offer',
    'end-offer',
    'break-glass',
    'list-grants',
    'say-person',
  ],
  app: [
    'app-request',
    'app-refuse',
    'client-add',
    'client-end',
    'client-close',
    'client-open',
    'app-consent',
    'app-end',
  ],
  token: ['token-issue', 'token-refresh', 'token-refused'],
  export: [
    'export-start',
    'export',
    'export-file',
    'export-end',
    'archive-start',
    'archive-file',
    'archive-end',
  ],
  link: ['link-make', 'link-open', 'link-file', 'link-end', 'list-links'],
  incident: ['incident'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type LineKind = keyof typeof LINE_KINDS;

export function isLineKind(text: string): text is LineKind {
  return Object.hasOwn(LINE_KINDS, text);
}
