/**
 * A value whose structure is in order against a profile (https://hl7.org/fhir/R4/profiling.html): counts, types,
 * fixed values and patterns, required bindings, targets, slices and the profile's own invariants.
 */
import type { Definitions } from '../definitions.ts';
import { isObject, type JsonObject } from '../fhir-resource.ts';
import { holds } from '../invariants.ts';
import { parseReference } from '../reference.ts';
import { type Placed, valuesOf } from './element-values.ts';
import type { InvariantContext } from './invariant-collection.ts';
import type { Report } from './issue.ts';
import type { ProfileElement, ProfileRecord, Slicing } from './profile-record.ts';
import { equals, holdsPattern, inBinding, isOfSlice } from './slices.ts';

export class ProfileWalk {
  readonly #definitions: Definitions;
  readonly #profile: ProfileRecord;
  readonly #report: Report;
  readonly #context: InvariantContext;
  readonly #path: (string | number)[] = [];

  constructor(definitions: Definitions, profile: ProfileRecord, report: Report, context: InvariantContext) {
    this.#definitions = definitions;
    this.#profile = profile;
    this.#report = report;
    this.#context = context;
  }

  run(value: JsonObject): void {
    this.#value({ value, steps: [], type: this.#profile.type }, this.#profile.root);
  }

  #value({ value, steps, type }: Placed, rule: ProfileElement) {
    if (value === undefined) return;
    this.#path.push(...steps);
    if (rule.fixed !== undefined && !equals(value, rule.fixed)) this.#refuse('value', 'must be the value of');
    if (rule.pattern !== undefined && !holdsPattern(value, rule.pattern)) {
      this.#refuse('value', 'must hold what is asked for by');
    }
    if (rule.codes !== undefined && !inBinding(value, rule.codes)) {
      this.#refuse('code-invalid', 'must be one of the codes of');
    }
    if (rule.targets !== undefined) this.#target(value, rule.targets);
    for (const { key, expression, type: general, only } of rule.invariants ?? []) {
      if (only !== undefined && only !== type) continue;
      if (!holds(this.#definitions, expression, value, type ?? general, this.#context)) {
        this.#refuse('invariant', `must meet the rule ${key} of`);
      }
    }
    if (isObject(value)) {
      for (const element of rule.elements ?? []) this.#element(value, element);
      const defined = rule.profile === undefined ? undefined : this.#definitions.profile(rule.profile);
      if (defined !== undefined) this.#extension(value, defined);
    }
    this.#path.length -= steps.length;
  }

  #extension(value: JsonObject, profile: ProfileRecord) {
    const report: Report = (code, message, ...below) => this.#report(code, message, ...this.#path, ...below);
    new ProfileWalk(this.#definitions, profile, report, this.#context).run(value);
  }

  #element(parent: JsonObject, rule: ProfileElement) {
    const values = valuesOf(parent, rule.name);
    this.#count(values, rule);
    for (const one of values) {
      if (rule.types !== undefined && !rule.types.includes(one.type!)) {
        this.#at(one.steps, () => this.#refuse('structure', 'must be of a type that is allowed by'));
      } else this.#value(one, rule);
    }
    if (rule.slicing !== undefined) this.#slices(values, rule.slicing, rule.name);
  }

  #count(values: readonly Placed[], { name, min = 0, max }: ProfileElement) {
    const place = [name.replace('[x]', '')];
    if (values.length < min) {
      const message = values.length === 0 ? 'is required by' : `must have at least ${min} values by`;
      this.#at(place, () => this.#refuse('required', message));
    }
    if (max !== undefined && values.length > max) {
      const message = max === 0 ? 'must not be there by' : `must have no more than ${max} values by`;
      this.#at(place, () => this.#refuse('structure', message));
    }
  }

  #slices(values: readonly Placed[], { discriminators, closed, slices }: Slicing, name: string) {
    const unmatched = new Set(values);
    for (const slice of slices) {
      const members = values.filter((one) => isOfSlice(one, slice, discriminators));
      for (const one of members) unmatched.delete(one);
      this.#count(members, { ...slice, name });
      for (const one of members) this.#value(one, slice);
    }
    if (!closed) return;
    for (const { steps } of unmatched) {
      this.#at(steps, () => this.#refuse('structure', 'must be of a kind that is allowed by'));
    }
  }

  #target(value: unknown, targets: readonly string[]) {
    const text = isObject(value) ? value.reference : undefined;
    const reference = typeof text === 'string' ? parseReference(text) : null;
    if (reference?.kind !== 'local' && reference?.kind !== 'conditional') return;
    if (!targets.includes(reference.type)) this.#refuse('value', 'must refer to a type that is allowed by');
  }

  #at(steps: readonly (string | number)[], refuse: () => void) {
    this.#path.push(...steps);
    refuse();
    this.#path.length -= steps.length;
  }

  #refuse(code: Parameters<Report>[0], message: string) {
    this.#report(code, `${message} the profile ${this.#profile.name}`, ...this.#path);
  }
}
