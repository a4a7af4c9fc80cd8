/**
 * People at browsers of their own. Whoever comes again in a file of tests comes in the same browser, signed
 * in as before and with the scripts of the pages at hand, on a page of its own.
 */
import type { Browser, Page } from 'playwright-core';
import { type Look, newVisitor, signInWith, type Visitor } from './browser.ts';
import type { ServedDemo } from './served-demo.ts';

export class Visitors {
  readonly #browser: Browser;
  readonly #demo: ServedDemo;
  readonly #known = new Map<string, Visitor>();
  readonly #strangers: Visitor[] = [];

  constructor(browser: Browser, demo: ServedDemo) {
    this.#browser = browser;
    this.#demo = demo;
  }

  /** A browser in which nobody has signed in. */
  async stranger(look: Look = {}): Promise<Visitor> {
    const visitor = await newVisitor(this.#browser, this.#demo.origin, look);
    this.#strangers.push(visitor);
    return visitor;
  }

  /** A page in that person's browser, signed in by a link; `practice` where they are in several. */
  async visit(email: string, look: Look = {}, practice?: string): Promise<Page> {
    const key = JSON.stringify([email, look]);
    const known = this.#known.get(key);
    if (known !== undefined) return known.context.newPage();
    const visitor = await newVisitor(this.#browser, this.#demo.origin, look);
    this.#known.set(key, visitor);
    await signInWith(visitor.page, await this.#demo.signinLink(email), practice);
    return visitor.page;
  }

  /** Everybody leaves their pages; answers what went wrong in them, which is nothing. */
  async leave(): Promise<string[]> {
    const all = [...this.#strangers, ...this.#known.values()];
    const faults = all.flatMap((visitor) => visitor.faults.splice(0));
    await Promise.all(this.#strangers.splice(0).map(({ context }) => context.close()));
    const pages = [...this.#known.values()].flatMap(({ context }) => context.pages());
    await Promise.all(pages.map((page) => page.close()));
    return faults;
  }
}
