/** The addresses of how long documents are kept: rules, what is due, and holds. */
import { notFound, PosternError } from '../../base/errors.ts';
import { type Answer, jsonAnswer, type Method, type Route, type RoutedRequest } from '../../base/exchange.ts';
import { type ChartId, parseId, type ResourceId } from '../../base/ids.ts';
import { administers, type Gate, type Visit } from '../../gate/index.ts';
import { type Asked, assertInPerson, readAsked, reasonIn, versionIn } from '../rules/asked.ts';
import { assertKeeps, type Holds } from './holds.ts';
import type { Retention } from './retention.ts';
import { checkRetentionRules, readRetentionRules } from './retention-rules.ts';

export interface RetentionRouteParts {
  readonly gate: Pick<Gate, 'rules' | 'assertFresh'>;
  readonly retention: Retention;
  readonly holds: Holds;
}

const MOST_AT_ONCE = 100;
const DONE = { status: 204, headers: {}, body: null } as const;

type Handle = (request: RoutedRequest, visit: Visit) => Promise<Answer>;

export function retentionRoutes({ gate, retention, holds }: RetentionRouteParts): readonly Route<Visit>[] {
  const route = (method: Method, path: string, summary: string, handle: Handle): Route<Visit> => ({
    method,
    path,
    summary,
    who: 'session',
    handle,
  });
  const told = ({ content, version }: Awaited<ReturnType<Gate['rules']['of']>>) =>
    jsonAnswer(200, { rules: readRetentionRules(content), version });
  return [
    route('GET', '/practice/retention', 'says how long documents are kept', async (_, visit) => {
      assertKeeps(visit);
      return told(await gate.rules.of(visit.scope.practiceId, 'retention'));
    }),
    route('PUT', '/practice/retention', 'sets it anew', async (request, visit) => {
      assertInPerson(visit);
      if (!administers(visit.scope)) throw notFound();
      const asked = await readAsked(request);
      const rules = checkRetentionRules(asked);
      await gate.assertFresh(visit);
      return told(await gate.rules.set(visit, 'retention', { rules }, versionIn(asked)));
    }),
    route('GET', '/retention/due', 'lists documents that are due to be destroyed', async (_, visit) =>
      jsonAnswer(200, { documents: await retention.list(visit) }),
    ),
    route('POST', '/retention/due', 'approves destroying some of them', async (request, visit) => {
      assertInPerson(visit);
      if (!visit.scope.seesLines) throw notFound();
      const asked = await readAsked(request);
      const destroyed = await retention.approve(visit, documentsIn(asked), reasonIn(asked));
      return jsonAnswer(200, { destroyed });
    }),
    route('GET', '/holds', 'lists what is held', async ({ query }, visit) =>
      jsonAnswer(200, { holds: await holds.list(visit, chartIn(query)) }),
    ),
    route('POST', '/holds', 'holds a record or a document', async (request, visit) => {
      assertKeeps(visit);
      const asked = await readAsked(request);
      const document = asked.document ?? null;
      if (typeof asked.chart !== 'string' || (document !== null && typeof document !== 'string')) {
        throw new PosternError('invalid', 'chart must be the id of a record, document that of a document.');
      }
      return jsonAnswer(201, { id: await holds.put(visit, asked.chart, document, reasonIn(asked)) });
    }),
    route('POST', '/holds/:id/end', 'ends a hold', async (request, visit) => {
      assertKeeps(visit);
      await holds.end(visit, request.params.id!, reasonIn(await readAsked(request)));
      return DONE;
    }),
  ];
}

function chartIn(query: string): ChartId | null {
  const named = new URLSearchParams(query).get('chart');
  const chart = named === null ? null : parseId<ChartId>(named);
  if (named === null || chart !== null) return chart;
  throw new PosternError('invalid', 'chart must be the id of a record.');
}

function documentsIn({ documents }: Asked): { document: ResourceId; version: number }[] {
  if (!Array.isArray(documents) || documents.length === 0 || documents.length > MOST_AT_ONCE) {
    throw new PosternError('invalid', `documents must name 1 to ${MOST_AT_ONCE} documents.`);
  }
  return documents.map((one: { document?: unknown; version?: unknown } | null) => {
    const document = typeof one?.document === 'string' ? parseId<ResourceId>(one.document) : null;
    if (document !== null && Number.isSafeInteger(one?.version)) {
      return { document, version: Number(one?.version) };
    }
    throw new PosternError('invalid', 'documents must have the document and version that GET told.');
  });
}
