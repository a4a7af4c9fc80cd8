/** The pages of the desk: the policy, and what became of a report. The form stands in `report-page.ts`. */
import type { ReportState } from './desk.ts';
import { contactList, html, page } from './page-frame.ts';
import type { DeskWords } from './words.ts';

export interface Standing {
  readonly words: DeskWords;
  /** The document that the page is put into. */
  readonly document: Uint8Array;
  readonly publicUrl: string;
  readonly contacts: readonly string[];
  /** Null where the desk has not been set up. */
  readonly recipient: string | null;
}

export function policyPage(standing: Standing): Buffer {
  const { words, document, publicUrl } = standing;
  const { title, lead, before, after } = words.policy;
  const section = ({ heading, paragraphs, list = [] }: (typeof before)[number]) => {
    const text = (paragraph: string) => html(paragraph.replaceAll('{url}', publicUrl));
    const items = list.map((each) => `<li>${text(each)}</li>`).join('');
    return [
      `<section><h2>${html(heading)}</h2>`,
      ...paragraphs.map((each) => `<p>${text(each)}</p>`),
      items === '' ? '' : `<ul>${items}</ul>`,
      '</section>',
    ].join('');
  };
  const main = [
    `<p class="lead">${html(lead)}</p>`,
    ...before.map(section),
    reporting(standing),
    ...after.map(section),
  ].join('\n');
  return page({ words, document, path: '/security', title, main });
}

function reporting({ words, contacts, recipient }: Standing): string {
  const { heading, form, button, others, machines } = words.policy.reporting;
  const shown: string[] = [`<section class="panel"><h2>${html(heading)}</h2>`];
  if (recipient !== null) {
    const target = `/security/report?lang=${words.language}`;
    shown.push(`<p>${html(form)}</p><p><a class="button" href="${target}">${html(button)}</a></p>`);
  }
  if (contacts.length > 0) shown.push(`<p>${html(others)}</p>`);
  if (contacts.length > 0 || recipient === null) shown.push(contactList(contacts, words.nobody));
  const file = '<a href="/.well-known/security.txt">security.txt</a>';
  shown.push(`<p class="small">${html(machines)} ${file}.</p></section>`);
  return shown.join('');
}

/** `asked` is what was typed, null where nothing was; `state` is null where no report has that number. */
export function receiptPage(
  { words, document }: Pick<Standing, 'words' | 'document'>,
  asked: string | null,
  state: ReportState | null,
): Buffer {
  const { title, lead, label, ask } = words.receipt;
  const told = asked === null ? [] : answerTo(words, state);
  const answer = told.map((text) => `<p>${html(text)}</p>`).join('');
  const main = [
    `<p class="lead">${html(lead)}</p>`,
    '<form class="panel" method="get" action="/security/receipt">',
    `<input type="hidden" name="lang" value="${words.language}">`,
    `<p class="field"><label for="number">${html(label)}</label>`,
    '<input id="number" name="number" maxlength="40" required autocomplete="off" spellcheck="false" ',
    `autocapitalize="characters" placeholder="7K3M-Q9ZD-1XWP" value="${html(asked ?? '')}"></p>`,
    `<p><button type="submit">${html(ask)}</button></p>`,
    '</form>',
    answer === '' ? '' : `<div class="note" role="status">${answer}</div>`,
  ].join('\n');
  return page({ words, document, path: '/security/receipt', title, main });
}

function answerTo({ receipt, language }: DeskWords, state: ReportState | null): string[] {
  if (state === null) return [receipt.unknown];
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' });
  const on = (text: string, date: Date) => text.replace('{date}', format.format(date));
  const read = state.acknowledgedAt;
  return [on(receipt.received, state.receivedAt), read === null ? receipt.waiting : on(receipt.read, read)];
}
