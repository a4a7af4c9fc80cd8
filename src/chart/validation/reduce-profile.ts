/** Reduces a published profile (a StructureDefinition with its snapshot) to what it adds to its type. */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import type { SystemCode } from '../enumerable-codes.ts';
import type { Discriminator, ProfileElement, ProfileRecord, Slicing } from './profile-record.ts';

/**
 * What every element has is checked in code; `inv-1` of an extension names what extensions lack; the check
 * digit of `us-core-17` would keep made-up practitioners out.
 */
const LEFT_OUT = [
  ...['ele-1', 'ext-1', 'dom-2', 'dom-3', 'dom-4', 'dom-5', 'dom-6'],
  ...['inv-1', 'us-core-17'],
];

/** Where the published expression says something else than the published words. */
const CORRECTED: Readonly<Record<string, string>> = {
  // "If it is a dateTime": published so that a Period can never meet it.
  'vs-1': '$this is dateTime implies $this.toString().length() >= 8',
};

/** What a profile is compared with. */
export interface ProfileBase {
  /** The element of an R4 type by its path, such as `Quantity.value`. */
  readonly element: (path: string) => ElementDefinition | undefined;
  /** The type that a profile with this URL constrains. */
  readonly typeOf: (url: string) => string | undefined;
  /** The codes of a value set; `null` where no file lists them. */
  readonly valueSets: (url: string) => readonly SystemCode[] | null;
}

/** The elements of a snapshot as the tree that their ids say they are. */
interface Branch {
  readonly definition: ElementDefinition;
  readonly elements: Branch[];
  readonly slices: Branch[];
}

type Draft = { -readonly [Key in keyof ProfileElement]: ProfileElement[Key] };

export function reduceProfile(definition: StructureDefinition, base: ProfileBase): ProfileRecord | null {
  const root = treeOf(definition.snapshot?.element ?? []);
  if (root === null) return null;
  return {
    name: definition.url.slice(definition.url.lastIndexOf('/') + 1),
    version: definition.version ?? '',
    type: definition.type,
    root: reduced(root, base) ?? { name: definition.type },
  };
}

function treeOf(elements: readonly ElementDefinition[]): Branch | null {
  const branches = new Map<string, Branch>();
  for (const definition of elements) {
    const id = definition.id ?? definition.path;
    const branch: Branch = { definition, elements: [], slices: [] };
    branches.set(id, branch);
    const last = id.slice(id.lastIndexOf('.') + 1);
    if (last.includes(':')) branches.get(id.slice(0, id.lastIndexOf(':')))?.slices.push(branch);
    else branches.get(id.slice(0, id.lastIndexOf('.')))?.elements.push(branch);
  }
  return elements[0] === undefined ? null : branches.get(elements[0].id ?? elements[0].path)!;
}

function reduced(branch: Branch, base: ProfileBase): ProfileElement | null {
  const { definition } = branch;
  const general = base.element(definition.base?.path ?? definition.path) ?? definition;
  const draft: Draft = { name: definition.path.slice(definition.path.lastIndexOf('.') + 1) };
  reduceCounts(draft, definition);
  reduceTypes(draft, definition, general, base);
  reduceValue(draft, definition, general, base);
  reduceInvariants(draft, definition, general);
  const elements = branch.elements.map((one) => reduced(one, base)).filter((one) => one !== null);
  if (elements.length > 0) draft.elements = elements;
  const slicing = slicingOf(branch, base);
  if (slicing !== null) draft.slicing = slicing;
  return Object.keys(draft).length === 1 ? null : draft;
}

function reduceCounts(draft: Draft, { min = 0, max = '*', base, sliceName }: ElementDefinition): void {
  const least = sliceName === undefined ? (base?.min ?? 0) : 0;
  if (min > least) draft.min = min;
  if (max !== '*' && (max !== base?.max || sliceName !== undefined)) draft.max = Number(max);
}

function reduceTypes(
  draft: Draft,
  definition: ElementDefinition,
  general: ElementDefinition,
  base: ProfileBase,
): void {
  const types = definition.type ?? [];
  const codes = types.map(({ code }) => code);
  const fewer = codes.length < (general.type ?? []).length;
  if (definition.path.endsWith('[x]') && definition.max !== '0' && fewer) draft.types = codes;
  const named = types.flatMap(({ code, targetProfile }) =>
    code === 'Reference' ? (targetProfile ?? []) : [],
  );
  const targets = [...new Set(named.map((url) => base.typeOf(url) ?? 'Resource'))].sort();
  const known = (general.type ?? []).flatMap(({ targetProfile }) => targetProfile ?? []);
  const same = new Set(known.map((url) => base.typeOf(url) ?? 'Resource'));
  const wide =
    targets.includes('Resource') || (targets.length === same.size && targets.every((one) => same.has(one)));
  if (targets.length > 0 && !wide) draft.targets = targets;
}

function reduceValue(
  draft: Draft,
  definition: ElementDefinition,
  general: ElementDefinition,
  base: ProfileBase,
): void {
  for (const [key, value] of Object.entries(definition)) {
    if (/^fixed[A-Z]/.test(key)) draft.fixed = value;
    if (/^pattern[A-Z]/.test(key)) draft.pattern = value;
  }
  const { binding, type = [] } = definition;
  const known = general.binding?.strength === 'required' ? general.binding.valueSet : undefined;
  if (binding?.strength !== 'required' || binding.valueSet === known) return;
  const codes = base.valueSets(binding.valueSet?.replace(/\|.*$/, '') ?? '');
  const plain = type.every(({ code }) => code === 'code');
  if (codes !== null) {
    draft.codes = [...new Set(codes.map(([system, code]) => (plain ? code : `${system}|${code}`)))].sort();
  }
}

function reduceInvariants(draft: Draft, definition: ElementDefinition, general: ElementDefinition): void {
  const known = new Set([...LEFT_OUT, ...(general.constraint ?? []).map(({ key }) => key)]);
  const type = definition.type?.length === 1 ? definition.type[0]!.code : definition.path;
  const added = (definition.constraint ?? [])
    .filter(({ severity, key }) => severity === 'error' && !known.has(key))
    .map(({ key, expression = 'true' }) => ({ key, type, ...conditional(CORRECTED[key] ?? expression) }));
  if (added.length > 0) draft.invariants = added;
}

/** `$this is DateTime implies X`, which is how choices are told apart, is X of a dateTime. */
function conditional(expression: string): { expression: string; only?: string } {
  const [, type, rest] = /^\$this is ([A-Za-z]+) implies (.*)$/.exec(expression) ?? [];
  if (type === undefined || rest === undefined) return { expression };
  return { only: type.charAt(0).toLowerCase() + type.slice(1), expression: rest };
}

/** `null` where there are no slices, or what tells them apart cannot be looked at (a profile elsewhere). */
function slicingOf({ definition, slices }: Branch, base: ProfileBase): Slicing | null {
  const { slicing } = definition;
  if (slicing === undefined || slices.length === 0) return null;
  const discriminators: Discriminator[] = [];
  for (const { type, path } of slicing.discriminator ?? []) {
    if (type === 'profile' || /[()]/.test(path)) return null;
    discriminators.push({ type, path: path === '$this' ? [] : path.split('.') });
  }
  const general = new Set((definition.constraint ?? []).map(({ key }) => key));
  const reducedSlices = slices.map((slice) =>
    withAddress(slice, withoutThose(reduced(slice, base), general)),
  );
  const closed = slicing.rules === 'closed';
  if (discriminators.length === 0) return null;
  return { discriminators, closed, slices: reducedSlices };
}

/** An extension that has a definition of its own is told by its URL. */
function withAddress({ definition }: Branch, slice: ProfileElement | null): ProfileElement {
  const name = definition.path.slice(definition.path.lastIndexOf('.') + 1);
  const url = definition.type?.[0]?.code === 'Extension' ? definition.type[0].profile?.[0] : undefined;
  if (url === undefined) return slice ?? { name };
  return { name, ...slice, profile: url, elements: [{ name: 'url', fixed: url.replace(/\|.*$/, '') }] };
}

/** The invariants of the sliced element are looked at already. */
function withoutThose(slice: ProfileElement | null, keys: ReadonlySet<string>): ProfileElement | null {
  if (slice?.invariants === undefined) return slice;
  const { invariants, ...rest } = slice;
  const own = invariants.filter(({ key }) => !keys.has(key));
  return own.length === 0 ? rest : { ...rest, invariants: own };
}
