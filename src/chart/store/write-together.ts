/**
 * Several resources that stand or fall together, with what else the same transaction writes: what a deposit
 * becomes when it is filed. Each takes the path of an ordinary create.
 */
import { PosternError } from '../../base/errors.ts';
import type { ResourceId } from '../../base/ids.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import { withStandingCheck } from '../card.ts';
import type { FhirResource } from '../fhir-resource.ts';
import type { FileContent } from '../file-content.ts';
import { assertValid } from '../validation.ts';
import { noteRefusal } from './note-refusal.ts';
import { inVisit, type StoreContext } from './store-context.ts';
import type { Stored } from './stored.ts';
import { theOne, writeDrafts } from './write-resources.ts';

export interface NewResource {
  /** New, and the resource's own id too. */
  readonly id: ResourceId;
  readonly resource: FhirResource;
  /** Of a Binary: its content, which is kept already. */
  readonly file?: FileContent;
}

/**
 * Makes the resources in their order, by the visit's account, or none of them: the first refusal is thrown,
 * and so is what `also` throws; where it names what is hidden or absent, a refusal line stays. Authority:
 * `write` on the section that each lands in.
 */
export async function writeTogether(
  context: StoreContext,
  visit: Visit,
  resources: readonly NewResource[],
  action: string,
  also: (tx: Transaction, visit: Visit, stored: readonly Stored[]) => Promise<void>,
): Promise<readonly Stored[]> {
  for (const { resource } of resources) assertValid(context.definitions, resource);
  const written = inVisit(context, visit, async (tx, current) => {
    const author = current.scope.accountId;
    const drafts = resources.map((one) => ({
      ...one,
      resource: withStandingCheck(one.resource, null),
      section: null,
      author,
    }));
    const outcomes = await writeDrafts(context, tx, current, drafts, action);
    const stored = outcomes.map((outcome) => theOne([outcome]).stored);
    await also(tx, current, stored);
    return stored;
  });
  return written.catch(async (error: unknown) => {
    // Who answers not-found knows what was asked for and leaves the line himself.
    if (error instanceof PosternError && error.code !== 'not-found' && error.isRefusal) {
      await noteRefusal(context, visit, action, error.refused);
    }
    throw error;
  });
}
