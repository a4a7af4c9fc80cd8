/** A folder by its name: one that there is, or a new one. */
import { useId } from 'react';
import { Field } from '../../kit/index.ts';
import styles from './order.module.css';
import { useOrderWords } from './order-words.ts';

export interface FolderFieldProps {
  readonly folders: readonly string[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function FolderField({ folders, value, onChange }: FolderFieldProps) {
  const w = useOrderWords();
  const id = useId();
  return (
    <div>
      <Field label={w.folder} hint={w.folderHint} value={value} onChange={onChange} />
      {folders.length > 0 && (
        <div className={styles.folders} id={id}>
          {folders.map((folder) => (
            <button
              key={folder}
              type="button"
              className={styles.folder}
              aria-pressed={folder === value}
              onClick={() => onChange(folder === value ? '' : folder)}
            >
              {folder}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
