/** The words of asking people in, and of letting them back in, in German. */
import type { OnlineWords } from './online-en.ts';

export const onlineDe: OnlineWords = {
  page: 'Online-Zugänge',
  lead: 'Wer eingeladen wurde und noch nicht da war, und wer ohne Passkey wieder hereinkommen soll.',
  closed: 'Online-Zugänge sind Sache des Empfangs und der Inhaberin oder des Inhabers',
  closedText: 'Bitten Sie sie um eine Einladung.',
  invitations: 'Einladungen',
  noneInvited: 'In den letzten Wochen wurde niemand eingeladen.',
  panel: 'Online-Zugang',
  nobody: 'Für diese Akte meldet sich noch niemand an.',
  signsIn: (roles) => `Meldet sich hier an: ${roles}`,
  invitePatient: 'Patient einladen',
  inviteAgain: 'Noch einmal einladen',
  inviteFamily: 'Jemanden einladen',
  inviteStaff: 'Mitarbeiter einladen',
  inviteAsStaff: 'Neu in der Praxis',
  staffHint: 'Sie legen einen Passkey an, bevor sie irgendetwas sehen.',
  way: 'Wie',
  ways: { mail: 'Per E-Mail', letter: 'Mit einem Brief zum Ausdrucken' },
  email: 'E-Mail',
  emailHint: 'Wie in der Akte. Eine Änderung hier gilt nur für die Einladung.',
  name: 'Vor- und Nachname',
  as: 'Als',
  language: 'Sprache der Einladung',
  ownLanguage: 'Wie in der Akte oder in der Praxis',
  untilDay: 'Bis',
  untilHint: 'Der Zugang von Eltern endet mit dem Alter des Kindes.',
  send: 'Einladung senden',
  print: 'Brief erstellen und drucken',
  cancel: 'Abbrechen',
  sent: (to) => `Die Einladung an ${to} ist unterwegs.`,
  printed: (name) => `Der Brief für ${name} ist fertig.`,
  letter: 'Brief drucken',
  letterOf: (name) => `Brief für ${name} drucken`,
  noMails:
    'Es ist kein Mailserver eingerichtet, E-Mails warten also. Drucken Sie einen Brief, oder wenden ' +
    'Sie sich ' +
    'an die Person, die Postern betreibt.',
  byMail: (to) => `per E-Mail an ${to}`,
  byLetter: 'per Brief',
  until: (date) => `bis ${date}`,
  by: (name) => `eingeladen von ${name}`,
  takeBack: 'Zurücknehmen',
  takeBackOf: (name) => `Einladung von ${name} zurücknehmen`,
  takenBack: 'Zurückgenommen. Der Code gilt nicht mehr.',
  states: {
    open: 'Wartet',
    proved: 'Begonnen',
    used: 'Angekommen',
    ended: 'Beendet',
    expired: 'Abgelaufen',
  },
  older: (number) => (number === 1 ? '1 beendete' : `${number} beendete`),
  failed: 'Das hat nicht geklappt. Es wurde nichts geändert.',
  touch: 'Nicht ausgeführt: Dazu müssen Sie zeigen, dass Sie da sind.',
  gone: 'Das ist schon vorbei, oder Sie dürfen es nicht ändern.',
  missing:
    'Es fehlt etwas: ein vollständiges Geburtsdatum in der Akte, eine Adresse oder ein mögliches Ende des ' +
    'Zugangs.',
  recoveries: 'Wieder hereinkommen',
  noRecoveries: 'Niemand wartet.',
  lost: 'Passkey verloren',
  lostOf: (name) => `${name} hat den Passkey verloren`,
  lostTitle: (name) => `Ein Code für ${name}`,
  lostText:
    'Nur für jemanden, der vor Ihnen steht und den Sie kennen oder der sich ausweist. Sie geben den ' +
    'Code aus der ' +
    'Hand; er gilt nach einem Tag, oder sofort, wenn auch der Link in unserer E-Mail geöffnet ' +
    'wurde. Die alten ' +
    'Passkeys enden dann.',
  checked: 'Woher Sie wissen, wer es ist',
  checkedHint: 'Reisepass, seit Jahren bekannt, Gesundheitskarte mit Foto. Wird versiegelt aufbewahrt.',
  begin: 'Code erstellen',
  code: 'Der Code, zum Mitgeben',
  codeNow: 'Er gilt ab sofort. Er wird nur dieses eine Mal gezeigt.',
  codeFrom: (time) =>
    `Er gilt ab ${time}, oder sofort nach dem Link in der E-Mail. Er wird nur dieses eine Mal gezeigt.`,
  codeUntil: (time) =>
    `Er muss bis ${time} benutzt werden, auf der Anmeldeseite unter „Ich kann mich nicht anmelden“.`,
  done: 'Ich habe ihn mitgegeben',
  cannot: 'Hier kann nur wieder hereinkommen, wer für diese Akte kommt und in keiner Praxis arbeitet.',
  works: 'Gilt jetzt',
  waits: 'Wartet',
  worksFrom: (time) => `gilt ab ${time}`,
  seenBy: (name, time) => `gesehen von ${name}, ${time}`,
  stop: 'Anhalten',
  stopOf: (name) => `Rückkehr von ${name} anhalten`,
  stopped: 'Angehalten. Der Code gilt nicht mehr.',
  somebody: 'Jemand',
};
