import { expect, test } from 'vitest';
import { newId } from '../../base/ids.ts';
import { loadDefinitions, ownerOf, TYPES, validate } from '../../chart/index.ts';
import { carrierOf, sampleOf } from './canary-resource.ts';

test.each([...TYPES.values()])(
  'a $name can be made that is valid and belongs where it should',
  async (type) => {
    const definitions = await loadDefinitions();
    const [chart, target] = [newId(), newId()];
    const inherits = type.owner.kind === 'inherited';
    const id = type.owner.kind === 'self' ? chart : newId();
    const owner = inherits ? `${carrierOf(definitions, type.name)}/${target}` : `Patient/${chart}`;
    const sample = sampleOf(definitions, type.name, { id, owner, canary: 'canary-of-the-sample' });
    expect(validate(definitions, sample)).toEqual([]);
    expect(JSON.stringify(sample)).toContain('canary-of-the-sample');
    const found = ownerOf(sample);
    if (type.owner.kind === 'practice') expect(found.kind).toBe('practice');
    else if (inherits) expect(found).toMatchObject({ kind: 'inherited', from: [{ id: target }] });
    else expect(found).toEqual({ kind: 'chart', chart });
  },
);
