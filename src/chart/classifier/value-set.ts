/**
 * The form in which a sensitive topic is described: codes by system, and words. The sets are short on
 * purpose. They name what is common and unmistakable; what a code does not say, its display, the text beside
 * it or the note about it usually does, and the words catch that.
 */
export const TOPICS = [
  'hiv',
  'substance-use',
  'sexual-and-reproductive-health',
  'mental-health',
  'violence',
] as const;
export type Topic = (typeof TOPICS)[number];

export interface TopicSet {
  readonly topic: Topic;
  /** LOINC codes. */
  readonly loinc: string;
  /**
   * ICD-10 and ICD-10-CM categories and codes without the point; each stands for everything below it.
   * `F17` behind a minus takes a branch out again: `-F17`.
   */
  readonly icd10: string;
  /** The same for ICD-9-CM, which old records still carry. */
  readonly icd9: string;
  /** Single well-known SNOMED CT concepts. */
  readonly snomed: string;
  /** RxNorm ingredients (and a few products whose name hides the ingredient). */
  readonly rxnorm: string;
  /** CPT and HCPCS codes. */
  readonly procedures: string;
  /** Ingredient and brand names, one word each; they count wherever they are written. */
  readonly drugs: string;
  /**
   * Phrases of one to four words, one a line, lower case without accents. `*` ends a word that may go on;
   * `alcohol use` is found in "Alcohol use: daily" and not in "uses alcohol wipes".
   */
  readonly phrases: string;
}

/** The words of a block of text: sets are written as blocks so that they can be read. */
export function wordsOf(block: string): string[] {
  return block.split(/\s+/).filter((word) => word !== '');
}

export function linesOf(block: string): string[] {
  return block
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
