/**
 * What a page shows before its app is there. The build writes the first looks of an app into its page, one
 * `<template>` for each language and state (`first-look.tsx` of the apps); a small script shows the one that
 * fits (`start.ts` of the apps), and the app takes its place.
 */
import { type Language, languageHere, lookHere } from './chosen.ts';

declare global {
  interface Window {
    /** The button that was pressed before anything could answer. */
    posternPressed?: HTMLElement | null;
  }
}

/** A word in a look that is filled in the browser. */
export function mark(name: string): string {
  return `⟦${name}⟧`;
}

/** Language and theme, before anything is drawn. */
export function dressPage(): Language {
  const root = document.documentElement;
  const language = languageHere();
  root.lang = language;
  root.dataset.mantineColorScheme = lookHere();
  return language;
}

/** When the looks of the page can be shown: all of it has been read. */
export function pageRead(): Promise<void> {
  if (document.readyState !== 'loading') return Promise.resolve();
  return new Promise((resolve) => document.addEventListener('DOMContentLoaded', () => resolve()));
}

/** When what was shown is drawn, or cannot be since nobody looks at the page. */
export function drawn(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, 300);
  });
}

/** Starts the app, whose script the page has named and loaded. Works once, while the start itself runs. */
export function appOfPage(): () => Promise<unknown> {
  const { main = '' } = (document.currentScript as HTMLScriptElement).dataset;
  return () => import(/* @vite-ignore */ main);
}

/** Whether the app has not taken the page over yet. */
export function isBefore(): boolean {
  return place().dataset.app === undefined;
}

/** A look in the language of the page, to be filled and shown. */
export function lookOf(name: string): { readonly content: DocumentFragment; readonly data: DOMStringMap } {
  const { lang } = document.documentElement;
  const template = document.querySelector<HTMLTemplateElement>(
    `template[data-look="${name}"][lang="${lang}"]`,
  );
  if (template === null) throw new Error(`Broken invariant: there is no look ${name}`);
  const content = document.importNode(template.content, true);
  for (const element of content.querySelectorAll<HTMLElement>('[data-style]')) {
    // The policy of the page takes no style that is written into it, but properties that are set.
    element.style.cssText = element.dataset.style ?? '';
    delete element.dataset.style;
  }
  return { content, data: template.dataset };
}

/** What React drew, as a look of a page. `data` goes with it for the script that fills it. */
export function templateOf(
  drawn: string,
  look: string,
  language: Language,
  data: Readonly<Record<string, string>> = {},
): string {
  const more = Object.entries(data).map(([name, value]) => ` data-${name}="${escapeText(value)}"`);
  const content = drawn.replaceAll(' style="', ' data-style="');
  return `<template data-look="${look}" lang="${language}"${more.join('')}>${content}</template>`;
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

/** Puts words in the place of their marks, in text and attributes; texts stay texts. */
export function fill(content: DocumentFragment, words: Readonly<Record<string, string>>): void {
  const filled = (text: string) => text.replace(/⟦([\w-]+)⟧/g, (_, name: string) => words[name] ?? '');
  const walker = document.createTreeWalker(content, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (node instanceof Text) node.data = filled(node.data);
    else {
      for (const { name, value } of [...(node as Element).attributes]) {
        if (value.includes('⟦')) (node as Element).setAttribute(name, filled(value));
      }
    }
  }
}

export function show(content: DocumentFragment): void {
  place().replaceChildren(content);
}

/** Remembers what is pressed until the app is there and does it: nobody has to press twice. */
export function rememberPress(): void {
  window.posternPressed = null;
  place().addEventListener('click', ({ target }) => {
    if (isBefore()) window.posternPressed = (target as Element).closest('button');
  });
}

/** The app is there. Tells whether it finds a look of itself to take over. */
export function takeOver(): boolean {
  place().dataset.app = 'here';
  return place().firstElementChild !== null;
}

/** Does what was pressed meanwhile. */
export function pressAgain(): void {
  window.posternPressed?.click();
  window.posternPressed = null;
}

function place(): HTMLElement {
  return document.getElementById('app')!;
}
