/** What each practice has set about its files, and the route by which its owner sets it. */
import { notFound } from '../../base/errors.ts';
import { type Answer, jsonAnswer, type Route, type RoutedRequest } from '../../base/exchange.ts';
import type { PracticeId } from '../../base/ids.ts';
import { administers, type Gate, type StandingRules, type Visit } from '../../gate/index.ts';
import { assertInPerson, readAsked, versionIn } from './asked.ts';
import {
  checkFileRules,
  type FileRules,
  LEAST_LIMITS,
  readFileRules,
  rulesWithin,
  type UploadLimits,
} from './file-rules.ts';

export interface PracticeFilesParts {
  readonly gate: Pick<Gate, 'rules' | 'assertFresh'>;
  /** What the operator gives any practice at most. */
  readonly most: UploadLimits;
}

export class PracticeFiles {
  readonly #parts: PracticeFilesParts;

  constructor(parts: PracticeFilesParts) {
    this.#parts = parts;
  }

  /** What counts, half a second late at most. */
  async of(practiceId: PracticeId): Promise<FileRules> {
    const { content } = await this.#parts.gate.rules.of(practiceId, 'files');
    return rulesWithin(readFileRules(content), this.#parts.most);
  }

  routes(): readonly Route<Visit>[] {
    return [
      {
        method: 'GET',
        path: '/practice/files',
        summary: 'says which files the practice takes, and how much of them',
        who: 'session',
        handle: async (_, visit) => this.#tell(visit),
      },
      {
        method: 'PUT',
        path: '/practice/files',
        summary: 'sets it anew',
        who: 'session',
        handle: (request, visit) => this.#set(request, visit),
      },
    ];
  }

  /** Whoever is here may know it: it says what their files are refused for. */
  async #tell({ scope }: Visit): Promise<Answer> {
    return this.#told(await this.#parts.gate.rules.of(scope.practiceId, 'files'));
  }

  async #set(request: RoutedRequest, visit: Visit): Promise<Answer> {
    assertInPerson(visit);
    if (!administers(visit.scope)) throw notFound();
    const asked = await readAsked(request);
    const { gate, most } = this.#parts;
    const rules = checkFileRules(asked, most);
    await gate.assertFresh(visit);
    return this.#told(await gate.rules.set(visit, 'files', rules, versionIn(asked)));
  }

  #told({ content, version }: StandingRules): Answer {
    const { most } = this.#parts;
    return jsonAnswer(200, { ...readFileRules(content), version, most, least: LEAST_LIMITS });
  }
}
