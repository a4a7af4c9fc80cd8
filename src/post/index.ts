/** The door of the post. */
export { isLanguage, LANGUAGES, type Language } from './letter.ts';
export type { Factor, IncidentKind, Letter, LetterKind, Recipient } from './letter-kinds.ts';
export { mailAddresses, messageIdAt } from './mail-address.ts';
export { type Mail, sendMail } from './mail-server.ts';
export { countWaiting, hurryMails, listMails, type MailLine } from './outbox.ts';
export { type MailTransaction, type NewMail, Post, type PostParts } from './post.ts';
export { Postman, type PostmanParts, senderOf } from './postman.ts';
