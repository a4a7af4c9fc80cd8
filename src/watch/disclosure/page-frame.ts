/**
 * The frame of the desk's pages: HTML that is whole without a script, in the reader's language, put into a
 * document that was built with the web apps (`web/disclosure`), so that they share styles and typeface.
 */
import { type DeskWords, LANGUAGES, type Language, wordsIn } from './words.ts';

/** Text as HTML; nothing else may come between tags or quotes. */
export function html(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

export interface PageParts {
  readonly words: DeskWords;
  /** The document, with `{{title}}` and `{{body}}` in it. */
  readonly document: Uint8Array;
  /** The path of the page. */
  readonly path: string;
  readonly title: string;
  /** HTML. */
  readonly main: string;
}

export function page({ words, document, path, title, main }: PageParts): Buffer {
  const link = (target: string, text: string) => {
    const here = target === path ? ' aria-current="page"' : '';
    return `<a href="${target}?lang=${words.language}"${here}>${html(text)}</a>`;
  };
  const body = [
    `<a class="skip" href="#main">${html(words.skip)}</a>`,
    '<header>',
    `<a class="brand" href="/">${MARK}Postern</a>`,
    `<nav aria-label="${html(words.pages)}">`,
    link('/security', words.policyLink),
    link('/security/report', words.reportLink),
    link('/security/receipt', words.receiptLink),
    '</nav>',
    '</header>',
    '<main id="main" tabindex="-1">',
    `<h1>${html(title)}</h1>`,
    main,
    '</main>',
    '<footer>',
    `<nav aria-label="${html(words.languages)}">`,
    ...LANGUAGES.map((language) => languageLink(language, path, words.language)),
    '</nav>',
    '</footer>',
  ].join('\n');
  const parts = { title: `${html(title)} · Postern`, body };
  const filled = Buffer.from(document)
    .toString()
    .replace('<html lang="en"', `<html lang="${words.language}"`)
    .replace(/\{\{(title|body)\}\}/g, (_, name: keyof typeof parts) => parts[name]);
  return Buffer.from(filled);
}

/** The door of `web/kit/mark.svg`, drawn into the page. */
const MARK =
  '<svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">' +
  '<rect width="32" height="32" rx="9"/><path class="leaf" d="M10 25V15a6 6 0 0 1 12 0v10Z"/>' +
  '<path class="open" d="M10 25V15a6 6 0 0 1 6-6c1.2 0 2 .6 2 1.8V25Z"/></svg>';

function languageLink(language: Language, path: string, current: Language): string {
  const { name } = wordsIn(language);
  const here = language === current ? ' aria-current="true"' : '';
  const spoken = `lang="${language}" hreflang="${language}"`;
  return `<a href="${path}?lang=${language}" ${spoken}${here}>${html(name)}</a>`;
}

/** A list of links, each as people read it, or the sentence that there is nobody yet. */
export function contactList(contacts: readonly string[], nobody: string): string {
  if (contacts.length === 0) return `<p>${html(nobody)}</p>`;
  const links = contacts.map((contact) => {
    const shown = contact.replace(/^(mailto|tel):/, '');
    return `<li><a href="${html(contact)}">${html(shown)}</a></li>`;
  });
  return `<ul class="contacts">${links.join('')}</ul>`;
}
