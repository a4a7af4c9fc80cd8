/** The text of the pages that are drawn, by their numbers. */
import type { TextLayer } from 'pdfjs-dist';

export type TextLayers = ReadonlyMap<number, TextLayer>;
