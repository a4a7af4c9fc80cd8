/** Letters and papers in a Lakeside chart, as PDF files, and insurance cards as JPEG. */
import type { ChartPen } from '../chart-pen.ts';
import { attachFile, DOCUMENT_TYPES } from '../documents.ts';
import { paintText } from '../files/bitmap-font.ts';
import { encodeJpeg } from '../files/jpeg.ts';
import { writePdf } from '../files/pdf.ts';
import { Painter } from '../files/raster.ts';
import type { Resident } from '../people/household.ts';
import { scribble } from '../signature.ts';
import type { MedicalProfile } from './roster.ts';

interface Letter {
  to: string;
  about: string;
  body: readonly string[];
}

/** Referral letters by chart key. */
const LETTERS: Readonly<Record<string, Letter>> = {
  'desmond-achebe': {
    to: 'Port Lindell Eye Clinic',
    about: 'Yearly eye examination',
    body: [
      'Thank you for seeing Mr. Achebe, 52, who has had type 2 diabetes for several years, lately ' +
        'well treated. His last dilated examination was more than twelve months ago and showed no ' +
        'retinopathy.',
      'He drives for his living and would be glad of an appointment in the afternoon, with someone ' +
        'to take him home.',
    ],
  },
  'lorraine-begay': {
    to: 'North Lakes Kidney Center',
    about: 'Chronic kidney disease, stage 3a',
    body: [
      'Mrs. Begay, 59, has had a slow fall of her eGFR over three years with rising urine albumin. ' +
        'Blood pressure is at goal; she takes losartan and empagliflozin and no anti-inflammatories.',
      'We would value your view on how often she should be seen, and whether anything is missing.',
    ],
  },
  'joel-kaplan': {
    to: 'Alder Falls Heart Group',
    about: 'Atrial fibrillation',
    body: [
      'Mr. Kaplan feels more episodes in the evening since the summer. He takes apixaban without a ' +
        'missed dose and metoprolol; his blood count and kidney function are normal.',
      'Would you consider a week of monitoring? He sings and would like to be fit for the concert in ' +
        'December.',
    ],
  },
  'ernesto-morales': {
    to: 'Sturgeon Pulmonary Rehabilitation',
    about: 'COPD',
    body: [
      'Mr. Morales, 64, stops once on the way to the second floor. He has had one flare this year. ' +
        'He speaks Spanish; his wife comes along and translates, an interpreter would be better.',
      'He is ready to begin at any time except Thursdays.',
    ],
  },
  'tomas-rivera': {
    to: 'Mill Harbor Physical Therapy',
    about: 'Low back pain',
    body: [
      'Please assess and treat. No warning signs, straight leg raise negative. He loads trucks and ' +
        'asks for exercises that can be done in ten minutes.',
      'He would rather learn than be treated, and has asked for a written plan.',
    ],
  },
  'kenji-sato': {
    to: 'Alder Falls Heart Group',
    about: 'Atrial fibrillation, yearly review',
    body: [
      'Mr. Sato, 72, has had atrial fibrillation for four years. No bleeding, no falls. He would ' +
        'like to know whether he still needs both tablets.',
    ],
  },
};

export function writeLetter(
  pen: ChartPen,
  resident: Resident<MedicalProfile>,
  doctor: { key: string; name: string },
): void {
  const letter = LETTERS[resident.key];
  if (!letter) return;
  const day = pen.calendar.workday(-pen.random.int(20, 120));
  const bytes = writePdf({
    title: `Referral: ${letter.about}`,
    date: pen.calendar.date(day),
    lines: [
      { kind: 'small', text: 'Lakeside Family & Mental Health, 12 Promenade, Mill Harbor' },
      { kind: 'title', text: `Referral to ${letter.to}` },
      { kind: 'rule' },
      { kind: 'text', text: pen.calendar.inWords(day) },
      {
        kind: 'text',
        text:
          `Patient: ${resident.name}, born ${resident.birthDate}, chart ${resident.chartNumber}, ` +
          `telephone ${resident.phone}`,
      },
      { kind: 'heading', text: letter.about },
      ...letter.body.flatMap((text) => [{ kind: 'text', text } as const, { kind: 'space' } as const]),
      { kind: 'text', text: 'With kind regards,' },
      { kind: 'signature', name: doctor.name, strokes: scribble(pen.random.fork('hand')) },
    ],
  });
  attachFile(
    pen,
    {
      title: `Referral to ${letter.to}`,
      type: DOCUMENT_TYPES.referral,
      contentType: 'application/pdf',
      bytes,
      at: pen.calendar.instant(day, 15, 40),
      practitioner: doctor.key,
    },
    { key: `${pen.chart}-referral`, author: doctor.key },
  );
}

/** The front of an insurance card, photographed at the desk. */
export function writeInsuranceCard(
  pen: ChartPen,
  resident: Resident<MedicalProfile>,
  plan: string,
  author: string,
): void {
  const random = pen.random.fork('card');
  const painter = new Painter(320, 202, [232, 240, 246]);
  painter.rectangle(0, 0, 320, 40, [18, 84, 96]);
  paintText(painter, plan, 12, 12, plan.length > 24 ? 1 : 2, [255, 255, 255]);
  painter.ellipse(284, 150, 22, 22, [196, 216, 222]);
  painter.ellipse(284, 150, 13, 13, [18, 84, 96]);
  const rows: [string, string][] = [
    ['Member', resident.name],
    ['Member number', `${random.int(100, 999)} ${random.int(1000, 9999)} ${random.int(100, 999)}`],
    ['Group', `LF-${random.int(100, 999)}`],
    ['Office visit', '25.00 copay'],
  ];
  rows.forEach(([label, value], index) => {
    paintText(painter, label, 14, 54 + index * 36, 1, [92, 108, 120]);
    paintText(painter, value, 14, 64 + index * 36, value.length > 20 ? 1 : 2, [24, 30, 38]);
  });
  attachFile(
    pen,
    {
      title: 'Insurance card',
      type: DOCUMENT_TYPES.insuranceCard,
      contentType: 'image/jpeg',
      bytes: encodeJpeg(painter.raster, 74),
      at: pen.calendar.instant(pen.calendar.workday(-random.int(30, 300)), 9, 12),
    },
    { key: `${pen.chart}-insurance-card`, section: 'financial', author },
  );
}
