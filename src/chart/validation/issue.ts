/** One finding. Every finding refuses the resource. */
export interface Issue {
  /** From https://hl7.org/fhir/R4/valueset-issue-type.html. */
  readonly code: IssueCode;
  /** FHIRPath of the element, such as `Patient.name[0].given[1]`. */
  readonly expression: string;
  /** What to do about it, to be read after the expression; it never repeats what stands there. */
  readonly message: string;
}

export type IssueCode =
  | 'structure'
  | 'required'
  | 'value'
  | 'code-invalid'
  | 'invariant'
  | 'too-long'
  | 'not-found'
  | 'multiple-matches';

/** Reports a finding at the value that is looked at, or at what lies below it by these steps. */
export type Report = (code: IssueCode, message: string, ...below: (string | number)[]) => void;
