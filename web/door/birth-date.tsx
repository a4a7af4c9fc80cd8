/** A date of birth in three fields: nobody has to page through eighty years of a calendar. */
import { TextField, useLanguage } from '../kit/index.ts';
import styles from './door.module.css';
import { useDoorWords } from './door-words.ts';

export interface BirthDateParts {
  readonly day: string;
  readonly month: string;
  readonly year: string;
}

export const NO_DATE: BirthDateParts = { day: '', month: '', year: '' };

/** `YYYY-MM-DD`; null where it is no date of a living person. */
export function birthDateOf({ day, month, year }: BirthDateParts): string | null {
  const [d, m, y] = [day, month, year].map((part) => (/^\d{1,4}$/.test(part.trim()) ? Number(part) : 0));
  const date = new Date(Date.UTC(y!, m! - 1, d!));
  if (y! < 1880 || date.getUTCMonth() !== m! - 1 || date.getUTCDate() !== d) return null;
  return date.toISOString().slice(0, 10);
}

/** In the order in which people of that language say them. */
const ORDER = {
  en: ['month', 'day', 'year'],
  es: ['day', 'month', 'year'],
  de: ['day', 'month', 'year'],
} as const;

export interface BirthDateFieldsProps {
  readonly value: BirthDateParts;
  readonly onChange: (value: BirthDateParts) => void;
}

export function BirthDateFields({ value, onChange }: BirthDateFieldsProps) {
  const w = useDoorWords();
  const { language } = useLanguage();
  return (
    <fieldset className={styles.date}>
      <legend className={styles.legend}>{w.birthDate}</legend>
      {ORDER[language].map((part) => (
        <TextField
          key={part}
          label={w[part]}
          value={value[part]}
          onChange={(text) => onChange({ ...value, [part]: text })}
          digits
          autoComplete={`bday-${part}`}
        />
      ))}
    </fieldset>
  );
}
