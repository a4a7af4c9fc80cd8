/** What a query asks beside its criteria: chains, includes, order, numbers and parts. */
import { describe, expect, it } from 'vitest';
import { newId } from '../../base/ids.ts';
import { encodeCursor } from './cursor.ts';
import { parseSearch, parseSearchOfTypes } from './search-plan.ts';
import { inOrder } from './sort-order.ts';

const plan = (type: string, query: string) => parseSearch(type, new URLSearchParams(query));
const plans = (query: string) => parseSearchOfTypes(new URLSearchParams(query));

describe('links', () => {
  it('are searches of their own, one for each type that offers the parameter', () => {
    const typesOf = (query: string) => plan('Observation', query).links[0]?.plans.map(({ type }) => type);
    expect(typesOf('patient.name=x')).toEqual(['Patient']);
    expect(typesOf('subject.name=x')?.sort()).toEqual(['Location', 'Patient']);
    expect(typesOf('subject:Location.name=x')).toEqual(['Location']);
    expect(typesOf('_has:DiagnosticReport:result:code=x')).toEqual(['DiagnosticReport']);
    expect(typesOf('subject:Practitioner.name=x')).toBeUndefined();
  });

  it('nest, and keep the criterion of their end', () => {
    const { links, rechecked, tokens } = plan('Observation', 'encounter.location.name:exact=x');
    expect([links.length, rechecked, tokens]).toEqual([1, [], []]);
    const [end] = links[0]!.plans[0]!.links[0]!.plans;
    expect([end!.type, end!.tokens.map(({ param }) => param)]).toEqual(['Location', ['name']]);
  });

  it('that ask nothing of another resource are not offered', () => {
    for (const name of [
      'patient._count',
      'patient._include',
      'patient.',
      '.name',
      'code.name',
      '_has:Patient',
    ]) {
      expect([name, plan('Observation', `${name}=1`).ignored]).toEqual([name, [name]]);
    }
  });
});

describe('order', () => {
  it('is that of the rows where they know it, and of what was opened otherwise', () => {
    const sortOf = (text: string) => {
      const { sort, order } = plan('Observation', `_sort=${text}`);
      return order === null ? `${sort.descending ? '-' : ''}${sort.by}` : order.length;
    };
    expect(sortOf('date')).toBe('at');
    expect(sortOf('-_lastUpdated,-_id')).toBe('-updated');
    expect(sortOf('_id,status')).toBe('id');
    expect(sortOf('-date,_id')).toBe(2);
    expect(sortOf('status')).toBe(1);
    expect(sortOf('date,code,value-quantity')).toBe(3);
  });

  it('puts first what comes first among several values, and last what has none', () => {
    const named = (...given: string[]) => ({
      resourceType: 'Patient',
      name: given.map((text) => ({ given: [text] })),
    });
    const [both, middle, none] = [named('Anna', 'Zoe'), named('Maria'), named()];
    const sorted = (sort: string) =>
      [none, middle, both]
        .sort(inOrder(plan('Patient', `_sort=${sort}`).order!))
        .map((one) => one.name.length);
    expect(sorted('given')).toEqual([2, 1, 0]);
    expect(sorted('-given')).toEqual([2, 1, 0]);
  });

  it('goes by the name that somebody bears, and not by one of before', () => {
    const named = (...names: [family: string, use?: string][]) => ({
      resourceType: 'Patient',
      name: names.map(([family, use]) => ({ family, ...(use === undefined ? {} : { use }) })),
    });
    const people = [
      named(['Yilmaz', 'official'], ['Baker', 'maiden']),
      named(['Cruz'], ['Zell', 'old']),
      named(['Mora', 'maiden']),
    ];
    const sorted = (sort: string) =>
      people.toSorted(inOrder(plan('Patient', `_sort=${sort}`).order!)).map((one) => one.name[0]!.family);
    expect(sorted('family')).toEqual(['Cruz', 'Mora', 'Yilmaz']);
    expect(sorted('-family')).toEqual(['Yilmaz', 'Mora', 'Cruz']);
  });

  it('takes a link to a further page of its own kind alone', () => {
    const rows = encodeCursor({ after: new Date(0), place: null, id: newId() });
    const opened = encodeCursor({ after: null, place: 20, id: newId() });
    expect(plan('Observation', `_cursor=${rows}`).cursor?.place).toBeNull();
    expect(plan('Observation', `_sort=status&_cursor=${opened}`).cursor?.place).toBe(20);
    expect(() => plan('Observation', `_sort=status&_cursor=${rows}`)).toThrow(/damaged/);
    expect(() => plan('Observation', `_cursor=${opened}`)).toThrow(/damaged/);
  });
});

describe('what is brought along', () => {
  it('is told by direction, parameter and target', () => {
    const { includes } = plan(
      'Observation',
      '_include=Observation:subject:Patient&_revinclude:iterate=Provenance:target&_include=*',
    );
    expect(includes.map(({ reverse, iterate, target }) => [reverse, iterate, target])).toEqual([
      [false, false, 'Patient'],
      [true, true, null],
      [false, false, null],
    ]);
    expect(includes[2]!.parameters.length).toBeGreaterThan(300);
  });

  it('is left out where it cannot be', () => {
    for (const text of [
      'Observation:code',
      'Nothing:patient',
      'Observation:subject:Practitioner',
      '__proto__:x',
    ]) {
      const { includes, ignored } = plan('Observation', `_include=${text}`);
      expect([text, includes.length, ignored]).toEqual([text, 0, [`_include=${text}`]]);
    }
    expect(plan('Observation', '_revinclude=*').ignored).toEqual(['_revinclude=*']);
  });
});

describe('a search through several types', () => {
  it('is a plan for each, by what all of them offer', () => {
    const all = plans('_type=Goal,Condition&patient=x&code=y');
    expect(all.map(({ type, tokens, ignored }) => [type, tokens.length, ignored])).toEqual([
      ['Condition', 0, ['code']],
      ['Goal', 0, ['code']],
    ]);
    expect(all.every(({ sort }) => sort.by === 'updated')).toBe(true);
  });

  it('needs types, and an order that rows know', () => {
    for (const query of [
      '',
      '_type=Nothing',
      '_type=Goal&_sort=start-date',
      '_type=Goal,Condition&_sort=date',
    ]) {
      expect(() => plans(query), query).toThrow(/_type|_sort/);
    }
  });
});
