/** As what somebody works here, or comes for a record, in words. */
import { useDeskWords } from './desk-words.ts';
import { useStaffWords } from './staff-words.ts';

export function useRoleName(): (role: string) => string {
  const w = useStaffWords();
  const { roles } = useDeskWords();
  return (role) => roles[role] ?? w.roles[role] ?? role;
}
