/** The words of the page for developers, in English. */
export const en = {
  title: (practice: string) => `Register an app with ${practice}`,
  lead:
    'Tell the practice about your app. Its owner looks at the request; until it is approved, nothing is ' +
    'registered. Afterwards your app asks patients and staff of this practice for their consent, by ' +
    'SMART App Launch.',
  closed: 'No requests here',
  closedText:
    'This practice takes no requests for apps, or the address is not right. Ask the practice for ' +
    'the address of this page, or ' +
    'whoever runs its Postern to register your app.',
  name: 'Name of the app',
  nameHint: 'People see it when they are asked for their consent.',
  purpose: 'What it is for',
  purposeHint: 'One or two sentences that the owner of a practice understands.',
  contact: 'Your e-mail address',
  contactHint: 'The practice’s decision goes there. Patients do not see it.',
  uri: 'Page of the app (may be left out)',
  redirects: 'Redirect addresses',
  redirectsHint: 'One a line, five at most: https, this machine (http://127.0.0.1), or a scheme of your own.',
  launch: 'Launch address (may be left out)',
  launchHint: 'Where a launch out of the desk or the portal begins.',
  keys: 'Authentication',
  keyless: 'None: a public app, with PKCE',
  keyed: 'Keys of its own (private_key_jwt)',
  jwksUri: 'Address of the public keys (JWKS)',
  jwksHint: 'There are no shared secrets here.',
  send: 'Send the request',
  invalid: 'Something of this cannot be. Look at the addresses: https, without a fragment.',
  wait: 'There were many requests just now. Try again later.',
  failed: 'That did not work. Nothing was sent.',
  receipt: 'Your request',
  states: {
    waiting: 'It waits for the owner of the practice.',
    approved: 'It is approved. Your app is registered.',
    refused: 'The practice has refused it.',
  },
  keep: 'Keep the address of this page: it is the only way to see what became of the request.',
  clientId: 'Client id',
  where: 'What the authorization server offers',
  gone: 'There is no such request',
  goneText: 'It may be older than ninety days, or the address is not whole.',
  again: 'Another request',
};

export type DeveloperWords = typeof en;
