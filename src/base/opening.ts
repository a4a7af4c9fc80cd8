/** Whether the portal is open to those whom a practice treats, as the server asks it. */
import type { PracticeId } from './ids.ts';

export interface Opening {
  isOpen(): Promise<boolean>;
  /** Whether patients of that practice, and those who act for them, are let in. */
  letsIn(practiceId: PracticeId): Promise<boolean>;
}

/** Where nothing keeps it closed. */
export const OPEN: Opening = {
  isOpen: async () => true,
  letsIn: async () => true,
};
