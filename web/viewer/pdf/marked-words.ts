/**
 * Marks found words in the text above the pages, by highlights of the browser: nothing of the text is
 * changed (https://www.w3.org/TR/css-highlight-api-1/). Where a browser has none, the page is shown.
 */
import type { TextLayer } from 'pdfjs-dist';
import type { Hit } from './pdf-search.ts';
import type { TextLayers } from './text-layers.ts';

const ALL = 'found-words';
const ONE = 'found-word';

export function markWords(layers: TextLayers, hits: readonly Hit[], chosen: Hit | undefined): void {
  if (!('highlights' in CSS)) return;
  const ranges = hits.flatMap((hit) => rangeOf(layers.get(hit.page), hit) ?? []);
  CSS.highlights.set(ALL, new Highlight(...ranges));
  const one = chosen === undefined ? null : rangeOf(layers.get(chosen.page), chosen);
  CSS.highlights.set(ONE, one === null ? new Highlight() : new Highlight(one));
}

/** Brings a found word into sight, where its page is drawn. */
export function showWord(layers: TextLayers, hit: Hit): void {
  const range = rangeOf(layers.get(hit.page), hit);
  const pages = range?.startContainer.parentElement?.closest('[data-pages]');
  if (range === null || pages === null || pages === undefined) return;
  // The pages alone: what stands around them stays where it is.
  const [place, room] = [range.getBoundingClientRect(), pages.getBoundingClientRect()];
  pages.scrollBy({
    top: place.top - room.top - room.height / 3,
    left: place.left < room.left || place.right > room.right ? place.left - room.left - 32 : 0,
  });
}

function rangeOf(layer: TextLayer | undefined, { from, to }: Hit): Range | null {
  const first = layer?.textDivs[from.run]?.firstChild;
  const last = layer?.textDivs[to.run]?.firstChild;
  if (first?.nodeType !== Node.TEXT_NODE || last?.nodeType !== Node.TEXT_NODE) return null;
  const range = new Range();
  range.setStart(first, Math.min(from.letter, first.textContent?.length ?? 0));
  range.setEnd(last, Math.min(to.letter, last.textContent?.length ?? 0));
  return range;
}
