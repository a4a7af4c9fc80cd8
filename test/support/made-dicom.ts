/** DICOM files by hand (PS3.10, explicit little endian), as small as a test needs them. */

export interface DicomFacts {
  readonly rows: number;
  readonly columns: number;
  readonly samples: number;
  readonly bits: number;
  readonly photometric: string;
  readonly frames?: number;
  readonly isPlanar?: boolean;
  readonly isSigned?: boolean;
  readonly center?: string;
  readonly width?: string;
  readonly slope?: string;
  readonly intercept?: string;
  /** Of red, green and blue, sixteen bits each. */
  readonly palette?: readonly Buffer[];
  /** How the bytes are packed, all of them as one frame. */
  readonly packed?: keyof typeof PACKED;
  /** Words that a person wrote. */
  readonly comment?: string;
}

const LONG: ReadonlySet<string> = new Set(['OB', 'OW', 'UT']);
const EXPLICIT = '1.2.840.10008.1.2.1';
const PACKED = { jpeg: '1.2.840.10008.1.2.4.50', 'lossless-jpeg': '1.2.840.10008.1.2.4.70' } as const;

function element(
  group: number,
  number: number,
  type: string,
  value: Buffer | string,
  length?: number,
): Buffer {
  const text = typeof value === 'string' ? Buffer.from(value) : value;
  const pad = type === 'UI' || LONG.has(type) ? '\0' : ' ';
  const bytes = text.length % 2 === 0 ? text : Buffer.concat([text, Buffer.from(pad)]);
  const head = Buffer.alloc(LONG.has(type) ? 12 : 8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(number, 2);
  head.write(type, 4);
  if (LONG.has(type)) head.writeUInt32LE(length ?? bytes.length, 8);
  else head.writeUInt16LE(bytes.length, 6);
  return Buffer.concat([head, bytes]);
}

const short = (...values: number[]) => {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value & 0xffff, index * 2);
  return bytes;
};

export function dicomOf(facts: DicomFacts, pixels: Buffer): Buffer {
  const syntax = element(2, 0x10, 'UI', facts.packed === undefined ? EXPLICIT : PACKED[facts.packed]);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(syntax.length);
  const optional: readonly (readonly [number, number, string, string | undefined])[] = [
    [0x20, 0x4000, 'LT', facts.comment],
    [0x28, 0x1050, 'DS', facts.center],
    [0x28, 0x1051, 'DS', facts.width],
    [0x28, 0x1052, 'DS', facts.intercept],
    [0x28, 0x1053, 'DS', facts.slope],
  ];
  const said = (group: number) =>
    optional.flatMap(([of, number, type, value]) =>
      of === group && value !== undefined ? [element(of, number, type, value)] : [],
    );
  const tables = (facts.palette ?? []).map((table, index) => ({ table, index }));
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    element(2, 0, 'UL', size),
    syntax,
    ...said(0x20),
    element(0x28, 2, 'US', short(facts.samples)),
    element(0x28, 4, 'CS', facts.photometric),
    element(0x28, 6, 'US', short(facts.isPlanar === true ? 1 : 0)),
    element(0x28, 8, 'IS', String(facts.frames ?? 1)),
    element(0x28, 0x10, 'US', short(facts.rows)),
    element(0x28, 0x11, 'US', short(facts.columns)),
    element(0x28, 0x100, 'US', short(facts.bits)),
    element(0x28, 0x103, 'US', short(facts.isSigned === true ? 1 : 0)),
    ...said(0x28),
    ...tables.map(({ table, index }) => element(0x28, 0x1101 + index, 'US', short(table.length / 2, 0, 16))),
    ...tables.map(({ table, index }) => element(0x28, 0x1201 + index, 'OW', table)),
    facts.packed === undefined
      ? element(0x7fe0, 0x10, facts.bits === 8 ? 'OB' : 'OW', pixels)
      : encapsulated(pixels),
  ]);
}

/** One frame in one fragment, without a table of offsets. */
function encapsulated(frame: Buffer): Buffer {
  const item = (number: number, bytes: Buffer) => {
    const head = Buffer.alloc(8);
    head.writeUInt16LE(0xfffe, 0);
    head.writeUInt16LE(number, 2);
    head.writeUInt32LE(bytes.length, 4);
    return Buffer.concat([head, bytes]);
  };
  const even = frame.length % 2 === 0 ? frame : Buffer.concat([frame, Buffer.alloc(1)]);
  const none = Buffer.alloc(0);
  const items = Buffer.concat([item(0xe000, none), item(0xe000, even), item(0xe0dd, none)]);
  return element(0x7fe0, 0x10, 'OB', items, 0xffffffff);
}
