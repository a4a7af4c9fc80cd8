/** What the changes of one transaction are about, what is written of them, and what came of it. */
import { notFound, PosternError } from '../../base/errors.ts';
import { NIL_UUID, newId, parseId, type ResourceId } from '../../base/ids.ts';
import { sectionOf } from '../../base/section.ts';
import type { Transaction } from '../../db/index.ts';
import type { Interaction, Visit } from '../../gate/index.ts';
import { appendLine, type LineEntry } from '../../ledger/index.ts';
import { withStandingCheck } from '../card.ts';
import type { FhirResource } from '../fhir-resource.ts';
import { readResource, skimResource } from '../resource-json.ts';
import { assertValid } from '../validation.ts';
import { maskedAmong, maskedFile } from './card-marks.ts';
import { type Change, type Changed, ChangeRefused, conditionOf, onChange } from './change.ts';
import { awaitTurns, conditionName, findMatch, type Match } from './find-matches.ts';
import { linkReferences, resolverFor } from './link-references.ts';
import type { Draft } from './place-resource.ts';
import { resolveSearches } from './resolve-searches.ts';
import { lineOf, type StoreContext } from './store-context.ts';
import { KEY_JOIN, openByKey, type ResourceRow, ROW_COLUMNS } from './stored.ts';
import { holdingContent, withoutWithdrawn } from './withdrawn-content.ts';
import { isForApp } from './within-app.ts';
import { writeDeletion, writeDrafts } from './write-resources.ts';
import { movedOn } from './write-rows.ts';

/** One attempt at the changes, within one transaction. */
export class ChangeRun {
  readonly #context: StoreContext;
  readonly #tx: Transaction;
  readonly #visit: Visit;
  readonly #changes: readonly Change[];
  readonly #linked: boolean;
  readonly #done = new Map<number, Changed>();
  /** Standing rows of what is changed. */
  readonly #rows = new Map<number, ResourceRow>();
  readonly #touched = new Set<string>();
  /** What the conditions found; null where nothing was looked for. */
  #looks: LineEntry[] | null = null;

  constructor(
    context: StoreContext,
    tx: Transaction,
    visit: Visit,
    changes: readonly Change[],
    linked: boolean,
  ) {
    this.#context = context;
    this.#tx = tx;
    this.#visit = visit;
    this.#changes = changes;
    this.#linked = linked;
  }

  async apply(): Promise<Changed[]> {
    await this.#awaitTurns();
    await this.#find('delete');
    for (const index of this.#indexes('delete')) await onChange(index, () => this.#delete(index));
    await this.#find('create', 'update', 'patch');
    await this.#write();
    for (const index of this.#indexes('read')) await onChange(index, () => this.#read(index));
    if (this.#looks !== null) await this.#append('search', this.#looks);
    return this.#changes.map((_, index) => this.#done.get(index)!);
  }

  /** Leaves the line of what was looked for where the transaction that should have held it is gone. */
  async noteLooks(): Promise<void> {
    if (this.#looks === null) return;
    await this.#context.lines.write(lineOf(this.#visit, 'search', this.#looks));
  }

  *#indexes(...kinds: readonly Change['kind'][]): Generator<number> {
    for (const kind of kinds) {
      for (const [index, change] of this.#changes.entries()) if (change.kind === kind) yield index;
    }
  }

  async #append(action: string, entries: readonly LineEntry[]): Promise<void> {
    await appendLine(this.#tx as never, lineOf(this.#visit, action, entries));
  }

  async #awaitTurns(): Promise<void> {
    const names: string[] = [];
    for (const [index, change] of this.#changes.entries()) {
      const condition = conditionOf(change);
      if (condition === null) continue;
      const name = conditionName(change.type, condition);
      await onChange(index, () => {
        if (names.includes(name)) throw new PosternError('conflict', 'The same condition comes twice.');
      });
      names.push(name);
    }
    await awaitTurns(this.#tx, this.#visit, names);
  }

  async #match(type: string, condition: URLSearchParams): Promise<Match | null> {
    this.#looks ??= [];
    const looks = this.#looks;
    return findMatch(this.#context, this.#tx, this.#visit, type, condition, (entry) => looks.push(entry));
  }

  /** Finds what changes of those kinds are about, by condition or id, and whether they may be. */
  async #find(...kinds: readonly Change['kind'][]): Promise<void> {
    const ids = new Map<number, ResourceId>();
    for (const index of this.#indexes(...kinds)) {
      const change = this.#changes[index]!;
      const condition = conditionOf(change);
      if (condition === null) {
        if ('target' in change && 'id' in change.target) {
          ids.set(index, parseId<ResourceId>(change.target.id) ?? (NIL_UUID as ResourceId));
        }
        continue;
      }
      const match = await onChange(index, () => this.#match(change.type, condition));
      if (match === null) await onChange(index, () => expectNone(change));
      else if (change.kind === 'create') this.#done.set(index, { what: 'found', stored: match.stored });
      else ids.set(index, match.row.id);
    }
    if (ids.size === 0) return;
    const standing = await this.#standing([...ids.values()]);
    for (const [index, id] of ids) await onChange(index, () => this.#claim(index, standing.get(id)));
  }

  async #standing(ids: readonly ResourceId[]): Promise<Map<ResourceId, ResourceRow>> {
    const { rows } = await this.#tx.query<ResourceRow>({
      name: 'standing-rows',
      text: `
        select ${ROW_COLUMNS}
        from postern.resource r ${KEY_JOIN}
        where r.practice_id = $1
          and r.id = any($2::uuid[])`,
      values: [this.#visit.scope.practiceId, ids],
    });
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** For whoever may write there; who may only read it is told nothing of its version. */
  async #claim(index: number, row: ResourceRow | undefined): Promise<void> {
    const change = this.#changes[index]!;
    if (row === undefined || row.type !== change.type) throw notFound();
    const section = sectionOf(row.section);
    const author = section === 'psychotherapy' ? row.author : null;
    if (!this.#visit.scope.allows('write', section, row.chart_id, author, row.type)) throw notFound();
    for (const interaction of INTERACTIONS_OF[change.kind]) {
      if (!(await isForApp(this.#context, this.#tx, this.#visit, row, [interaction]))) throw notFound();
    }
    if ('ifMatch' in change && change.ifMatch !== undefined && change.ifMatch !== row.version)
      throw movedOn();
    if (this.#touched.has(row.id)) throw new PosternError('conflict', 'The same resource comes twice.');
    if (change.kind === 'update' && 'where' in change.target) expectId(change.resource, row.id);
    this.#touched.add(row.id);
    this.#rows.set(index, row);
  }

  async #delete(index: number): Promise<void> {
    const row = this.#rows.get(index)!;
    const { type, id } = row;
    const section = sectionOf(row.section);
    let { version, updated_at: updatedAt } = row;
    if (row.deleted) {
      await this.#append('delete', [[row.chart_id, type, id, version]]);
    } else {
      const author = section === 'psychotherapy' ? row.author : this.#visit.scope.accountId;
      version += 1;
      const place = { chartId: row.chart_id, section, author, version };
      updatedAt = await writeDeletion(this.#context, this.#tx, this.#visit, row, place);
    }
    const stored = { type, id, version, updatedAt, deleted: true, content: null };
    this.#done.set(index, { what: 'deleted', stored });
  }

  async #write(): Promise<void> {
    const drafts = await this.#drafts();
    if (drafts.size === 0) return;
    const kinds = new Map([...drafts].map(([index, draft]) => [draft, this.#changes[index]!.kind]));
    const outcomes = await writeDrafts(
      this.#context,
      this.#tx,
      this.#visit,
      [...drafts.values()],
      (draft) => kinds.get(draft)!,
    );
    for (const [at, index] of [...drafts.keys()].entries()) {
      const outcome = outcomes[at]!;
      if (outcome.kind === 'refused') throw new ChangeRefused(index, outcome.error);
      const row = this.#rows.get(index);
      const what = row === undefined ? 'created' : row.deleted ? 'revived' : 'updated';
      this.#done.set(index, { what, stored: outcome.stored });
    }
  }

  /** What is to be written, with its references to the others of the transaction and to what it searches. */
  async #drafts(): Promise<Map<number, Draft>> {
    const contents = new Map<number, { id: ResourceId; resource: FhirResource }>();
    const becomes = new Map<string, string>();
    for (const index of this.#indexes('create', 'update', 'patch')) {
      const change = this.#changes[index]!;
      const found = this.#done.get(index)?.stored;
      const id = found?.id ?? this.#rows.get(index)?.id ?? newId<ResourceId>();
      if ('fullUrl' in change && change.fullUrl !== undefined)
        becomes.set(change.fullUrl, `${change.type}/${id}`);
      if (found !== undefined) continue;
      const resource = await onChange(index, () => this.#contentOf(index));
      contents.set(index, { id, resource: { ...resource, id } });
    }
    if (becomes.size > 0) this.#link(contents, becomes);
    if (this.#linked) {
      const match = (type: string, query: URLSearchParams) => this.#match(type, query);
      const searched = await resolveSearches(contents, match, this.#context);
      if (searched.size > 0) this.#link(contents, searched);
    }
    const { accountId: author } = this.#visit.scope;
    const drafts = [...contents].map(([index, { id, resource: given }]): [number, Draft] => {
      const change = this.#changes[index]!;
      const standing = this.#rows.get(index);
      const isDocument = given.resourceType === 'DocumentReference';
      const was = isDocument && standing !== undefined ? this.#opened(standing) : null;
      const resource = withStandingCheck(given, was);
      const section = change.kind === 'create' ? (change.section ?? null) : null;
      const row = this.#rows.get(index);
      const file = 'file' in change ? { file: change.file } : {};
      if (row === undefined) return [index, { id, resource, section, author, ...file }];
      const { version: follows } = row;
      const before = () => this.#opened(row);
      return [index, { id, resource, section, author, follows, before, ...file }];
    });
    return new Map(drafts);
  }

  #opened(row: ResourceRow): FhirResource | null {
    const content = openByKey(this.#visit, row)?.content;
    return content == null ? null : skimResource(content.bytes().toString());
  }

  #link(
    contents: Map<number, { id: ResourceId; resource: FhirResource }>,
    becomes: Map<string, string>,
  ): void {
    for (const [index, { id, resource }] of contents) {
      const change = this.#changes[index]!;
      const resolve = resolverFor('fullUrl' in change ? change.fullUrl : undefined, becomes);
      contents.set(index, { id, resource: linkReferences(resource, resolve) });
    }
  }

  #contentOf(index: number): FhirResource {
    const change = this.#changes[index]!;
    if (change.kind !== 'patch') return (change as { resource: FhirResource }).resource;
    const row = this.#rows.get(index)!;
    const standing = openByKey(this.#visit, row);
    if (standing === null) throw notFound();
    if (standing.content === null) throw new PosternError('gone', 'This resource was deleted.');
    const next = change.patch(readResource(standing.content.bytes().toString()), this.#context.definitions);
    if (next.resourceType !== row.type || next.id !== row.id) {
      throw new PosternError('invalid', 'A patch leaves the type and the id of a resource as they are.');
    }
    assertValid(this.#context.definitions, next);
    return next;
  }

  async #read(index: number): Promise<void> {
    const { type, target } = this.#changes[index] as Extract<Change, { kind: 'read' }>;
    const id = parseId<ResourceId>(target.id) ?? (NIL_UUID as ResourceId);
    const row = (await this.#standing([id])).get(id);
    const stored = row === undefined || row.type !== type ? null : openByKey(this.#visit, row);
    if (stored === null || !(await isForApp(this.#context, this.#tx, this.#visit, row!, ['r'])))
      throw notFound();
    if (stored.content === null) throw new PosternError('gone', 'This resource was deleted.');
    const isMasked = type === 'Binary' && (await maskedAmong(this.#tx, [id])).has(id);
    if (isMasked) throw maskedFile(this.#visit);
    await this.#append('read', [[row!.chart_id, type, id, stored.version]]);
    const suspects = holdingContent(this.#visit, [stored]);
    const [told] = await withoutWithdrawn(this.#tx, this.#visit, [stored], suspects);
    this.#done.set(index, { what: 'read', stored: told! });
  }
}

/**
 * What an app needs on what stands for each. A patch tells what stands by whether it fits, so who may not
 * read does not patch.
 */
const INTERACTIONS_OF: Readonly<Record<Change['kind'], readonly Interaction[]>> = {
  create: [],
  update: ['u'],
  patch: ['r', 'u'],
  delete: ['d'],
  read: ['r'],
};

/** Whether a change whose condition fits nothing can be all the same: what is not there can be made. */
function expectNone(change: Change): void {
  if (change.kind === 'create') return;
  if (change.kind !== 'update') throw notFound();
  if (change.ifMatch !== undefined) throw movedOn();
  if (change.resource.id === undefined) return;
  throw new PosternError('invalid', 'Nothing fits the condition, and ids are for the server to give.', {
    expression: [`${change.type}.id`],
  });
}

function expectId(resource: FhirResource, id: ResourceId): void {
  if (resource.id === undefined || resource.id === id) return;
  throw new PosternError('invalid', 'The resource has another id than the one that fits the condition.', {
    expression: [`${resource.resourceType}.id`],
  });
}
