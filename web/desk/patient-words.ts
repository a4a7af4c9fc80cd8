/** Words about a patient that several pages say. */
import { useKitWords } from '../kit/index.ts';

/** Administrative sex as FHIR has it (https://hl7.org/fhir/R4/valueset-administrative-gender.html). */
export function useSex(): (gender: string | undefined) => string {
  const k = useKitWords();
  const words: Readonly<Record<string, string>> = { male: k.male, female: k.female, other: k.otherGender };
  return (gender) => words[gender ?? ''] ?? '';
}
