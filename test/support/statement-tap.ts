/** What is asked of PostgreSQL, as it goes onto the wire: every statement of every connection, in order. */
import pg from 'pg';

export interface StatementTap {
  /** What was asked since the last time, without the parameters; sessions and times are left out of texts. */
  take(): string[];
  close(): void;
}

type Send = (...parts: unknown[]) => unknown;
type Wire = Record<'query' | 'bind', Send>;

/** Listens below the client, so that no way of asking goes by it. Close it, or it listens for ever. */
export function tapStatements(): StatementTap {
  const wire = pg.Connection.prototype as unknown as Wire & { parse: Send };
  const { query, bind, parse } = wire;
  let asked: string[] = [];
  let unnamed = '';
  wire.query = function (this: unknown, ...parts: unknown[]) {
    asked.push(plain(parts[0] as string));
    return query.apply(this, parts);
  };
  wire.parse = function (this: unknown, ...parts: unknown[]) {
    const { name, text } = parts[0] as { name?: string; text: string };
    if (name === undefined || name === '') unnamed = text;
    return parse.apply(this, parts);
  };
  wire.bind = function (this: unknown, ...parts: unknown[]) {
    const { statement } = parts[0] as { statement?: string };
    asked.push(statement === undefined || statement === '' ? plain(unnamed) : statement);
    return bind.apply(this, parts);
  };
  return {
    take: () => {
      const taken = asked;
      asked = [];
      return taken;
    },
    close: () => Object.assign(wire, { query, bind, parse }),
  };
}

function plain(text: string): string {
  return text
    .replace(/'[0-9a-f/-]{60,}'/g, 'SESSION')
    .replace(/\s+/g, ' ')
    .trim();
}
