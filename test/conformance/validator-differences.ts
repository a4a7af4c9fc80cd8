/** Why we differ from the validator's published cases, case by case; shown in `docs/conformance.md`. */
const TERMINOLOGY = 'Codes and displays of SNOMED CT, LOINC, ICD or CVX: we have no terminology server.';
const DISPLAY = 'The display of a code: we have no terminology server. The rest is found.';
const EXTENSIONS =
  'Extensions without a definition: R4 asks to accept what is not known; the validator was told not to.';

export const DIFFERENCES: Readonly<Record<string, string>> = {
  ai8: 'Missing elements are found; whether a differential fits its base is not: no profiles are stored.',
  'bad-markdown-no-html':
    'The validator was told to refuse HTML in markdown; the same file without is valid.',
  'bundle-document-versioned-references-bad':
    'The same two faults, at the entry that has them: the case counts entries from another one.',
  'bundle-duplicate-id': 'The same two faults; the case names the first entry for both.',
  'bundle-duplicate-ids-not': DISPLAY,
  'bundle-ea-testcase':
    'The validator was told to refuse unknown extensions and experimental content; relative canonicals ' +
    "stand in R4's own examples. A contained Bundle that nothing refers to is refused besides (dom-3).",
  'bundle-id-3': DISPLAY,
  'bundle-id-4': DISPLAY,
  'bundle-id-5': TERMINOLOGY,
  'contained-resource-bad-id-ignore':
    'The validator was told to overlook what is contained; without that, it is invalid.',
  'ips-htmlrefs-backwards': 'Links between narratives and entries are not followed.',
  'obs-temp-code2': TERMINOLOGY,
  'pat-dob-ext': EXTENSIONS,
  'sp-diff-base': 'SearchParameters are not stored, so none is compared with what it derives from.',
  'sp-diff-type': 'SearchParameters are not stored, so none is compared with what it derives from.',
  'target-ref-profile-empty': EXTENSIONS,
  'uk-msg': TERMINOLOGY,
  'vs-bad-code': TERMINOLOGY,
};
