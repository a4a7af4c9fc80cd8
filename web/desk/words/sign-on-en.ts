/** The words of setting up single sign-on, in English. */
export const signOnEn = {
  title: 'Accounts that you keep elsewhere',
  text:
    'Staff can sign in with the accounts that your practice keeps at Microsoft, Google, Okta, Keycloak or ' +
    'another provider of OpenID Connect. Keep a passkey for each owner: it opens when the provider is away.',
  add: 'Set up a provider',
  change: 'Change it',
  setUp: 'Set up',
  returns: 'Return address, to be named at the provider',
  staffLink: 'Link for your staff',
  issuer: 'Address of the provider (issuer)',
  issuerHint: 'As the provider says it, beginning with https://',
  name: 'What you call it',
  nameHint: 'Your staff see this name.',
  clientId: 'Client ID',
  clientSecret: 'Client secret',
  secretHint: 'At least 16 characters. It is kept sealed and never shown again.',
  secretStays: 'Leave it empty to keep the one that is set.',
  claim: 'Claim for roles',
  claimHint: 'Such as “groups”. Leave it empty to give roles here alone.',
  value: 'What the provider says',
  role: 'Role here',
  addRole: 'Add a line',
  noRole: (line: number) => `Remove line ${line}`,
  remove: 'Remove',
  save: 'Save',
  wrong:
    'Check the address, the client ID and the secret. The address has https, the secret 16 ' +
    'characters or more.',
  conflict: 'Somebody else changed it just now. Load the page again.',
  saved: 'Saved. Try it with your own account before you tell your staff.',
  end: 'Sign nobody in by it any more',
  endText: (name: string) =>
    `Nobody is signed in by ${name} from now on. Who has no other way in needs an invitation.`,
  endIt: 'Yes, end it',
  ended: 'It is ended.',
  cancel: 'Cancel',
  rolesFollow: 'Roles follow the provider',
  yes: 'yes',
  no: 'no, they are given here',
};

export type SignOnWords = typeof signOnEn;
