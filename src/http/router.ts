/** Which route answers a request: one router for every carrier, so that none can be reached around it. */
import { PosternError } from '../base/errors.ts';
import type { Method, Route } from '../base/exchange.ts';
import { Refusal } from '../base/refusal.ts';

export interface Match<Session> {
  readonly route: Route<Session>;
  readonly params: Readonly<Record<string, string>>;
}

interface Node<Session> {
  readonly literals: Map<string, Node<Session>>;
  parameter: Node<Session> | null;
  /** Routes that end here, by method, with the names of the parameters on the way. */
  readonly ends: Map<string, { route: Route<Session>; names: readonly string[] }>;
}

export class Router<Session> {
  readonly #root: Node<Session> = emptyNode();

  /** Throws where two routes answer the same method and path. */
  constructor(routes: readonly Route<Session>[]) {
    for (const route of routes) this.#add(route);
  }

  #add(route: Route<Session>): void {
    const names: string[] = [];
    let node = this.#root;
    for (const segment of route.path.slice(1).split('/')) {
      if (segment.startsWith(':')) {
        names.push(segment.slice(1));
        node.parameter ??= emptyNode();
        node = node.parameter;
      } else {
        node = next(node.literals, segment);
      }
    }
    if (node.ends.has(route.method)) throw new Error(`Two routes for ${route.method} ${route.path}`);
    node.ends.set(route.method, { route, names });
  }

  /**
   * The route of a method and a path that is still percent-encoded; HEAD goes where GET goes. Throws
   * `not-found` where there is no such address, `method-not-allowed`, with `allow`, where there is.
   */
  match(method: string, path: string): Match<Session> {
    if (!path.startsWith('/')) throw nothingHere();
    const segments = path.slice(1).split('/').map(decoded);
    const wanted = method === 'HEAD' ? 'GET' : method;
    const allowed = new Set<Method>();
    const found = findIn(this.#root, segments, 0, [], wanted, allowed);
    if (found !== null) return found;
    if (allowed.size === 0) throw nothingHere();
    const methods = [...allowed].flatMap((each) => (each === 'GET' ? ['GET', 'HEAD'] : [each]));
    throw new Refusal('method-not-allowed', 'This address does not take this method.', {
      allow: methods.sort().join(', '),
    });
  }
}

function nothingHere(): PosternError {
  return new PosternError('not-found', 'There is nothing at this address.');
}

function emptyNode<Session>(): Node<Session> {
  return { literals: new Map(), parameter: null, ends: new Map() };
}

function next<Session>(literals: Map<string, Node<Session>>, segment: string): Node<Session> {
  let node = literals.get(segment);
  if (node === undefined) {
    node = emptyNode();
    literals.set(segment, node);
  }
  return node;
}

function decoded(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new PosternError('invalid', 'The address is not percent-encoded as it should be.');
  }
}

function findIn<Session>(
  node: Node<Session>,
  segments: readonly string[],
  depth: number,
  values: readonly string[],
  method: string,
  allowed: Set<Method>,
): Match<Session> | null {
  if (depth === segments.length) return endAt(node, values, method, allowed);
  const segment = segments[depth]!;
  const literal = node.literals.get(segment);
  const written =
    literal === undefined ? null : findIn(literal, segments, depth + 1, values, method, allowed);
  // An address that is written out is that one, even where it does not take the method.
  if (written !== null || allowed.size > 0 || node.parameter === null || segment === '') return written;
  return findIn(node.parameter, segments, depth + 1, [...values, segment], method, allowed);
}

function endAt<Session>(
  node: Node<Session>,
  values: readonly string[],
  method: string,
  allowed: Set<Method>,
): Match<Session> | null {
  for (const [each, { route, names }] of node.ends) {
    const params = Object.fromEntries(names.map((name, index) => [name, values[index]!]));
    const exists = Object.entries(route.only ?? {}).every(([name, set]) => set.has(params[name]!));
    if (!exists) continue;
    if (each === method) return { route, params };
    allowed.add(route.method);
  }
  return null;
}
