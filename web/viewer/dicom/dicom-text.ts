/** What the header of a DICOM file says in words, in the letters that it has (PS3.5 6.1.2). Pure. */
import type { DataSet } from 'dicom-parser';

/** Empty where nothing is said. */
export interface DicomText {
  readonly patient: string;
  readonly patientId: string;
  /** As YYYY-MM-DD. */
  readonly birthDate: string;
  readonly study: string;
  readonly series: string;
  readonly date: string;
  /** As the code that the standard has. */
  readonly modality: string;
  readonly bodyPart: string;
  readonly institution: string;
  readonly device: string;
}

const CHARSETS: Readonly<Record<string, string>> = {
  'ISO_IR 100': 'windows-1252',
  'ISO_IR 101': 'iso-8859-2',
  'ISO_IR 109': 'iso-8859-3',
  'ISO_IR 110': 'iso-8859-4',
  'ISO_IR 126': 'iso-8859-7',
  'ISO_IR 127': 'iso-8859-6',
  'ISO_IR 138': 'iso-8859-8',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 148': 'windows-1254',
  'ISO_IR 166': 'windows-874',
  'ISO_IR 192': 'utf-8',
  'ISO_IR 13': 'shift_jis',
  'ISO 2022 IR 58': 'gb18030',
  'ISO 2022 IR 87': 'iso-2022-jp',
  'ISO 2022 IR 149': 'euc-kr',
  'ISO 2022 IR 159': 'iso-2022-jp',
  GB18030: 'gb18030',
  GBK: 'gbk',
};
/** More of one line says no more. */
const MOST_LETTERS = 200;

export function dicomText(data: DataSet): DicomText {
  const decode = decoderOf(data);
  const said = (tag: string) => decode(tag).replace(/\s+/g, ' ').trim().slice(0, MOST_LETTERS);
  return {
    patient: personName(said('x00100010')),
    patientId: said('x00100020'),
    birthDate: dayOf(said('x00100030')),
    study: said('x00081030'),
    series: said('x0008103e'),
    date: dayOf(said('x0008002a') || said('x00080022') || said('x00080023') || said('x00080020')),
    modality: said('x00080060'),
    bodyPart: said('x00180015'),
    institution: said('x00080080'),
    device: [said('x00080070'), said('x00081090')].filter(Boolean).join(' '),
  };
}

function decoderOf(data: DataSet): (tag: string) => string {
  const named = Array.from({ length: data.numStringValues('x00080005') ?? 0 }, (_, at) => {
    return data.string('x00080005', at) ?? '';
  });
  const known = named.map((each) => CHARSETS[each] ?? CHARSETS[each.replace('ISO 2022 IR', 'ISO_IR')]);
  // Of several the last one tells more than the first, which is mostly plain.
  const decoder = new TextDecoder(known.findLast((each) => each !== undefined) ?? 'windows-1252');
  return (tag) => {
    const element = data.elements[tag];
    if (element === undefined || element.length === 0) return '';
    const bytes = data.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
    return withoutControls(decoder.decode(bytes as Uint8Array<ArrayBuffer>));
  };
}

/** Marks of a change of letters that the decoder does not know, ends of padding. */
function withoutControls(text: string): string {
  // Made from its number, so that no control letter stands in the source.
  const mark = String.fromCharCode(27);
  const marks = new RegExp(`${mark}[$()\\-.]{1,2}[\\w@]`, 'g');
  return text.replace(marks, '').replace(/\p{Cc}+/gu, ' ');
}

/** PS3.5 6.2.1.1: family, given, middle, prefix and suffix by carets; up to three ways of writing by `=`. */
function personName(text: string): string {
  const ways = text.split('=').map((way) => {
    const [family = '', given = '', middle = '', prefix = '', suffix = ''] = way.split('^');
    return [prefix, given, middle, family, suffix].filter((each) => each.trim() !== '').join(' ');
  });
  const [first = '', ...others] = ways.filter((way) => way !== '');
  return others.length === 0 ? first : `${first} (${others.join(', ')})`;
}

function dayOf(text: string): string {
  const [, year, month, day] = /^(\d{4})\.?(\d\d)\.?(\d\d)/.exec(text) ?? [];
  return year === undefined ? '' : `${year}-${month}-${day}`;
}
