/** What a DICOM file says of itself, as text: it may not be what the chart says. */
import { type Fact, Facts, useFormat } from '../../kit/index.ts';
import { useViewerWords } from '../viewer-words.ts';
import type { DicomFile } from './dicom-file.ts';
import styles from './dicom-view.module.css';
import { syntaxName } from './transfer-syntax.ts';

export function DicomHeader({ file }: { readonly file: DicomFile }) {
  const { dicom: w } = useViewerWords();
  const format = useFormat();
  const { text, syntax, rows, columns, image } = file;
  const day = (date: string) => (date === '' ? '' : format.date(date));
  const millimetres = (value: number) => format.number(Math.round(value * 1000) / 1000);
  const said: Fact[] = [
    { name: w.facts.patient, value: text.patient },
    { name: w.facts.patientId, value: text.patientId },
    { name: w.facts.birthDate, value: day(text.birthDate) },
    { name: w.facts.date, value: day(text.date) },
    { name: w.facts.study, value: text.study },
    { name: w.facts.series, value: text.series },
    { name: w.facts.modality, value: w.modalities[text.modality] ?? text.modality },
    { name: w.facts.bodyPart, value: text.bodyPart },
    { name: w.facts.institution, value: text.institution },
    { name: w.facts.device, value: text.device },
    {
      name: w.facts.size,
      value: rows === null || columns === null ? '' : `${columns} × ${rows} ${w.points}`,
    },
    {
      name: w.facts.spacing,
      value: image?.spacing
        ? `${millimetres(image.spacing.columns)} × ${millimetres(image.spacing.rows)} mm`
        : '',
    },
    { name: w.facts.syntax, value: syntaxName(syntax) },
  ];
  return (
    <section className={styles.header} aria-label={w.header}>
      <h2>{w.header}</h2>
      <Facts facts={said.filter(({ value }) => value !== '')} />
    </section>
  );
}
