/** Everybody who asks: each role, roles together, and those who have no session at all. */
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { type RoleName, roleOf } from '../../src/gate/index.ts';
import type { HeldOn } from './decisions-table.ts';
import type { Person, ServedPractices } from './served-practices.ts';

export interface Actor {
  readonly name: string;
  readonly practice: PracticeId;
  readonly account: string;
  /** The roles that count now; none where there is no live session. */
  readonly held: readonly HeldOn[];
  /** Whose chart it is for a role of one chart; for everybody else some chart of the practice. */
  readonly ownChart: ChartId;
  readonly hasSession: boolean;
  /** A token to ask with. Refusals are counted by session, so it is another one now and then. */
  token(): Promise<string | null>;
}

const ROLES: readonly RoleName[] = [
  'owner',
  'dentist',
  'doctor',
  'psychiatrist',
  'hygienist',
  'nurse',
  'front-desk',
  'billing',
  'privacy-officer',
  'patient',
  'proxy',
  'parent',
  'guardian',
  'carer',
  'client',
  'partner',
];

export const ACTOR_NAMES: readonly string[] = [
  ...ROLES,
  'another psychiatrist',
  'a nurse who broke the glass',
  'a doctor of another practice',
  'somebody without grants',
  'nobody',
  'a forged token',
  'an ended session',
  'a token of another practice',
];

/** Roles whose grant can be ended while the session goes on. */
export const REVOCABLE: readonly string[] = ROLES;

const ASKS_PER_SESSION = 15;

export class ActorCast {
  readonly #served: ServedPractices;
  readonly here: PracticeId;
  readonly elsewhere: PracticeId;

  constructor(served: ServedPractices, here: PracticeId, elsewhere: PracticeId) {
    this.#served = served;
    this.here = here;
    this.elsewhere = elsewhere;
  }

  async make(name: string): Promise<Actor> {
    if (ROLES.includes(name as RoleName)) return this.#holder(name, name as RoleName);
    const doctor = () => this.#served.person(this.here, { role: 'doctor' });
    switch (name) {
      case 'another psychiatrist':
        return this.#holder(name, 'psychiatrist');
      case 'a nurse who broke the glass':
        return this.#behindBrokenGlass(name);
      case 'a doctor of another practice':
        return this.#holder(name, 'doctor', this.elsewhere);
      case 'somebody without grants':
        return this.#actor(name, await this.#served.person(this.here), [], newId());
      case 'nobody':
        return this.#outsider(name, null);
      case 'a forged token':
        return this.#outsider(name, (await doctor()).token.replace(/.{6}$/, 'forged'));
      case 'an ended session': {
        const { token } = await doctor();
        await this.#served.gate.endSession(token);
        return this.#outsider(name, token);
      }
      case 'a token of another practice': {
        const { token } = await this.#served.person(this.elsewhere, { role: 'doctor' });
        const id = this.here.replaceAll('-', '');
        return this.#outsider(name, token.replace(/^pst_[0-9a-f]{32}/, `pst_${id}`));
      }
      default:
        throw new Error(`No actor is called ${name}`);
    }
  }

  /** One whose grant of that role, on that chart if it is of one, ended within a session that goes on. */
  async makeRevoked(role: RoleName, chartId: ChartId): Promise<Actor> {
    const { gate } = this.#served;
    const spansChart = roleOf(role).spans === 'chart';
    const person = await this.#served.person(this.here, spansChart ? { role, chartId } : { role });
    const visit = await gate.admit(person.token, null);
    if (visit === null) throw new Error('The session was not admitted');
    await gate.asJob(this.here, 'system-setup', 'test', async (job) => {
      for (const { grantId } of await gate.grantsOf(job, person.accountId)) await gate.endGrant(job, grantId);
    });
    return this.#actor(`${role}, revoked`, person, [], newId());
  }

  async #holder(name: string, role: RoleName, practice = this.here): Promise<Actor> {
    const ownChart = newId<ChartId>();
    const chart = roleOf(role).spans === 'chart' ? ownChart : null;
    const held = chart === null ? { role } : { role, chartId: chart };
    const person = await this.#served.person(practice, held);
    return this.#actor(name, person, [{ role, chart }], ownChart, practice);
  }

  async #behindBrokenGlass(name: string): Promise<Actor> {
    const actor = await this.#holder(name, 'nurse');
    const { gate } = this.#served;
    const reason = 'Unconscious at the door.';
    await this.#served.deposit(this.here, { resourceType: 'Patient', id: actor.ownChart });
    const visit = await gate.admit((await actor.token())!, null);
    await gate.breakGlass(visit!, { chartId: actor.ownChart, reason });
    return { ...actor, held: [...actor.held, { role: 'break-glass', chart: actor.ownChart }] };
  }

  #actor(
    name: string,
    { accountId, token: first }: Person,
    held: readonly HeldOn[],
    ownChart: ChartId,
    practice = this.here,
  ): Actor {
    let [current, asked] = [Promise.resolve(first), 0];
    const session = { practiceId: practice, accountId, purpose: 'sign-in', client: null, ttlSeconds: 3600 };
    const token = () => {
      if (asked === ASKS_PER_SESSION) [current, asked] = [this.#served.gate.openSession(session), 0];
      asked += 1;
      return current;
    };
    return { name, practice, account: accountId, held, ownChart, hasSession: true, token };
  }

  #outsider(name: string, token: string | null): Actor {
    const ownChart = newId<ChartId>();
    const never = { practice: this.here, account: newId(), held: [], ownChart, hasSession: false };
    return { ...never, name, token: async () => token };
  }
}
