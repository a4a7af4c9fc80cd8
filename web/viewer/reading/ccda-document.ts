/** What a document in C-CDA (HL7 CDA R2) says to people: its heading and its sections. Pure. */
import { elementAt, elementsAt, parseXml, textOf, type XmlElement } from './xml-tree.ts';

export interface CcdaSection {
  readonly title: string;
  /** The narrative; undefined where there is none. */
  readonly text: XmlElement | undefined;
  readonly sections: readonly CcdaSection[];
}

export interface CcdaDocument {
  readonly title: string;
  readonly patient: string;
  /** As YYYY-MM-DD, as far as it is known; empty where it is not. */
  readonly born: string;
  readonly written: string;
  readonly authors: readonly string[];
  readonly from: string;
  readonly sections: readonly CcdaSection[];
  /** A file in the place of sections, in base64. */
  readonly file: { readonly mediaType: string; readonly data: string } | null;
}

/** Null for what is none. */
export function readCcda(text: string): CcdaDocument | null {
  const root = parseXml(text);
  if (root?.name !== 'ClinicalDocument') return null;
  const patient = elementAt(root, 'recordTarget', 'patientRole', 'patient');
  const body = elementAt(root, 'component', 'structuredBody');
  return {
    title: textOf(elementAt(root, 'title')),
    patient: personName(elementAt(patient, 'name')),
    born: dayOf(elementAt(patient, 'birthTime')),
    written: dayOf(elementAt(root, 'effectiveTime')),
    authors: authorsOf(root),
    from: textOf(
      elementAt(root, 'custodian', 'assignedCustodian', 'representedCustodianOrganization', 'name'),
    ),
    sections: elementsAt(body, 'component', 'section').map(sectionOf),
    file: fileOf(elementAt(root, 'component', 'nonXMLBody', 'text')),
  };
}

function sectionOf(section: XmlElement): CcdaSection {
  return {
    title: textOf(elementAt(section, 'title')) || (elementAt(section, 'code')?.attributes.displayName ?? ''),
    text: elementAt(section, 'text'),
    sections: elementsAt(section, 'component', 'section').map(sectionOf),
  };
}

function authorsOf(root: XmlElement): string[] {
  const names = elementsAt(root, 'author', 'assignedAuthor').map(
    (author) =>
      personName(elementAt(author, 'assignedPerson', 'name')) ||
      textOf(elementAt(author, 'assignedAuthoringDevice', 'softwareName')) ||
      textOf(elementAt(author, 'representedOrganization', 'name')),
  );
  return [...new Set(names.filter((name) => name !== ''))];
}

/** In the order that people say it; as it stands where it has no parts. */
function personName(name: XmlElement | undefined): string {
  const parts = ['prefix', 'given', 'family', 'suffix'].flatMap((part) => elementsAt(name, part).map(textOf));
  return parts.filter(Boolean).join(' ') || textOf(name);
}

/** HL7's point in time, to the day. */
function dayOf(time: XmlElement | undefined): string {
  const [, year, month, day] = /^(\d{4})(\d\d)?(\d\d)?/.exec(time?.attributes.value ?? '') ?? [];
  return [year, month, day].filter((part) => part !== undefined).join('-');
}

function fileOf(text: XmlElement | undefined): CcdaDocument['file'] {
  if (text?.attributes.representation !== 'B64') return null;
  return { mediaType: text.attributes.mediaType ?? '', data: textOf(text).replace(/\s+/g, '') };
}
