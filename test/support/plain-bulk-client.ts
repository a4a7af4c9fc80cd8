/**
 * A client that knows the Bulk Data Access specification and nothing of Postern
 * (https://hl7.org/fhir/uv/bulkdata/STU2/export.html).
 */
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';

export interface Manifest {
  readonly transactionTime: string;
  readonly request: string;
  readonly requiresAccessToken: boolean;
  readonly output: readonly { readonly type: string; readonly url: string; readonly count?: number }[];
  readonly error: readonly object[];
}

/** What the specification says, in the order in which it says it. */
export class PlainClient {
  readonly #token: () => Promise<string>;

  /** `token` gives one that works now. */
  constructor(token: () => Promise<string>) {
    this.#token = token;
  }

  async #authorization(): Promise<{ readonly authorization: string }> {
    return { authorization: `Bearer ${await this.#token()}` };
  }

  async export(url: string): Promise<{ manifest: Manifest; location: string; progress: string[] }> {
    const headers = {
      ...(await this.#authorization()),
      accept: 'application/fhir+json',
      prefer: 'respond-async',
    };
    const begun = await fetch(url, { headers });
    expect(begun.status).toBe(202);
    const location = begun.headers.get('content-location')!;
    const progress: string[] = [];
    for (;;) {
      const status = await fetch(location, {
        headers: { ...(await this.#authorization()), accept: 'application/json' },
      });
      if (status.status === 200) {
        expect(status.headers.get('content-type')).toBe('application/json');
        return { manifest: (await status.json()) as Manifest, location, progress };
      }
      expect(status.status).toBe(202);
      progress.push(status.headers.get('x-progress') ?? '');
      await delay(Number(status.headers.get('retry-after')) * 1000);
    }
  }

  async download({ output, requiresAccessToken }: Manifest): Promise<Map<string, { id: string }[]>> {
    const resources = new Map<string, { id: string }[]>();
    for (const { type, url, count } of output) {
      const headers = {
        accept: 'application/fhir+ndjson',
        ...(requiresAccessToken ? await this.#authorization() : {}),
      };
      const file = await fetch(url, { headers });
      expect([file.status, file.headers.get('content-type')]).toEqual([200, 'application/fhir+ndjson']);
      const lines = (await file.text()).split('\n').filter((line) => line.trim() !== '');
      expect(lines.length).toBe(count ?? lines.length);
      const of = lines.map((line) => JSON.parse(line) as { id: string; resourceType: string });
      expect(of.every(({ resourceType }) => resourceType === type)).toBe(true);
      resources.set(type, [...(resources.get(type) ?? []), ...of]);
    }
    return resources;
  }

  async remove(location: string): Promise<number> {
    return (await fetch(location, { method: 'DELETE', headers: await this.#authorization() })).status;
  }

  async ask(url: string, headers = {}): Promise<Response> {
    return fetch(url, { headers: { ...(await this.#authorization()), ...headers } });
  }

  async count(base: string, type: string, patient: string): Promise<number> {
    const query = type === 'Patient' ? `_id=${patient}` : `patient=${patient}`;
    const found = await this.ask(`${base}/${type}?${query}&_summary=count`);
    return ((await found.json()) as { total: number }).total;
  }
}
