/** Medicines by RxNorm ingredient, with the words of a usual prescription; both practices draw on them. */
import type { CodeableConcept } from '@medplum/fhirtypes';
import { concept } from './terminology.ts';

interface Medicine {
  ingredient: string;
  name: string;
  product: string;
  directions: string;
}

export const MEDICINES = {
  lisinopril: {
    ingredient: '29046',
    name: 'lisinopril',
    product: 'Lisinopril 10 mg tablet',
    directions: 'One tablet every morning.',
  },
  losartan: {
    ingredient: '52175',
    name: 'losartan',
    product: 'Losartan 50 mg tablet',
    directions: 'One tablet once a day.',
  },
  amlodipine: {
    ingredient: '17767',
    name: 'amlodipine',
    product: 'Amlodipine 5 mg tablet',
    directions: 'One tablet once a day.',
  },
  hydrochlorothiazide: {
    ingredient: '5487',
    name: 'hydrochlorothiazide',
    product: 'Hydrochlorothiazide 12.5 mg tablet',
    directions: 'One tablet every morning.',
  },
  metformin: {
    ingredient: '6809',
    name: 'metformin',
    product: 'Metformin 1000 mg tablet',
    directions: 'One tablet twice a day with meals.',
  },
  empagliflozin: {
    ingredient: '1545653',
    name: 'empagliflozin',
    product: 'Empagliflozin 10 mg tablet',
    directions: 'One tablet every morning.',
  },
  glargine: {
    ingredient: '274783',
    name: 'insulin glargine',
    product: 'Insulin glargine 100 units/mL pen',
    directions: '18 units under the skin at bedtime.',
  },
  atorvastatin: {
    ingredient: '83367',
    name: 'atorvastatin',
    product: 'Atorvastatin 40 mg tablet',
    directions: 'One tablet every evening.',
  },
  rosuvastatin: {
    ingredient: '301542',
    name: 'rosuvastatin',
    product: 'Rosuvastatin 10 mg tablet',
    directions: 'One tablet once a day.',
  },
  levothyroxine: {
    ingredient: '10582',
    name: 'levothyroxine',
    product: 'Levothyroxine 75 mcg tablet',
    directions: 'One tablet before breakfast on an empty stomach.',
  },
  albuterol: {
    ingredient: '435',
    name: 'albuterol',
    product: 'Albuterol 90 mcg inhaler',
    directions: 'Two puffs every four to six hours when needed.',
  },
  fluticasone: {
    ingredient: '41126',
    name: 'fluticasone',
    product: 'Fluticasone 110 mcg inhaler',
    directions: 'Two puffs twice a day; rinse the mouth after.',
  },
  tiotropium: {
    ingredient: '69120',
    name: 'tiotropium',
    product: 'Tiotropium 18 mcg inhalation capsule',
    directions: 'Inhale one capsule once a day.',
  },
  omeprazole: {
    ingredient: '7646',
    name: 'omeprazole',
    product: 'Omeprazole 20 mg capsule',
    directions: 'One capsule before breakfast.',
  },
  apixaban: {
    ingredient: '1364430',
    name: 'apixaban',
    product: 'Apixaban 5 mg tablet',
    directions: 'One tablet twice a day.',
  },
  warfarin: {
    ingredient: '11289',
    name: 'warfarin',
    product: 'Warfarin 5 mg tablet',
    directions: 'As the anticoagulation clinic directs.',
  },
  metoprolol: {
    ingredient: '6918',
    name: 'metoprolol',
    product: 'Metoprolol succinate 50 mg tablet',
    directions: 'One tablet once a day.',
  },
  aspirin: {
    ingredient: '1191',
    name: 'aspirin',
    product: 'Aspirin 81 mg tablet',
    directions: 'One tablet once a day.',
  },
  alendronate: {
    ingredient: '46041',
    name: 'alendronate',
    product: 'Alendronate 70 mg tablet',
    directions: 'One tablet once a week, upright, with a full glass of water.',
  },
  cholecalciferol: {
    ingredient: '2418',
    name: 'cholecalciferol',
    product: 'Vitamin D3 1000 units',
    directions: 'One capsule once a day.',
  },
  ferrous: {
    ingredient: '24947',
    name: 'ferrous sulfate',
    product: 'Ferrous sulfate 325 mg tablet',
    directions: 'One tablet every other day.',
  },
  sumatriptan: {
    ingredient: '37418',
    name: 'sumatriptan',
    product: 'Sumatriptan 50 mg tablet',
    directions: 'One tablet at the start of a migraine; may repeat once after two hours.',
  },
  cetirizine: {
    ingredient: '20610',
    name: 'cetirizine',
    product: 'Cetirizine 10 mg tablet',
    directions: 'One tablet once a day in the season.',
  },
  tamsulosin: {
    ingredient: '77492',
    name: 'tamsulosin',
    product: 'Tamsulosin 0.4 mg capsule',
    directions: 'One capsule at bedtime.',
  },
  donepezil: {
    ingredient: '135447',
    name: 'donepezil',
    product: 'Donepezil 10 mg tablet',
    directions: 'One tablet at bedtime.',
  },
  amoxicillin: {
    ingredient: '723',
    name: 'amoxicillin',
    product: 'Amoxicillin 500 mg capsule',
    directions: 'One capsule three times a day for seven days.',
  },
  clindamycin: {
    ingredient: '2582',
    name: 'clindamycin',
    product: 'Clindamycin 300 mg capsule',
    directions: 'One capsule four times a day for seven days.',
  },
  ibuprofen: {
    ingredient: '5640',
    name: 'ibuprofen',
    product: 'Ibuprofen 600 mg tablet',
    directions: 'One tablet every six hours with food when needed.',
  },
  sertraline: {
    ingredient: '36437',
    name: 'sertraline',
    product: 'Sertraline 100 mg tablet',
    directions: 'One tablet every morning.',
  },
  escitalopram: {
    ingredient: '321988',
    name: 'escitalopram',
    product: 'Escitalopram 10 mg tablet',
    directions: 'One tablet once a day.',
  },
  fluoxetine: {
    ingredient: '4493',
    name: 'fluoxetine',
    product: 'Fluoxetine 20 mg capsule',
    directions: 'One capsule every morning.',
  },
  bupropion: {
    ingredient: '42347',
    name: 'bupropion',
    product: 'Bupropion XL 150 mg tablet',
    directions: 'One tablet every morning.',
  },
  lithium: {
    ingredient: '6448',
    name: 'lithium',
    product: 'Lithium carbonate 300 mg capsule',
    directions: 'Three capsules at bedtime.',
  },
  quetiapine: {
    ingredient: '51272',
    name: 'quetiapine',
    product: 'Quetiapine 50 mg tablet',
    directions: 'One tablet at bedtime.',
  },
  methylphenidate: {
    ingredient: '6901',
    name: 'methylphenidate',
    product: 'Methylphenidate ER 36 mg tablet',
    directions: 'One tablet every morning.',
  },
  buprenorphine: {
    ingredient: '1819',
    name: 'buprenorphine',
    product: 'Buprenorphine/naloxone 8 mg/2 mg film',
    directions: 'Two films under the tongue once a day.',
  },
  naltrexone: {
    ingredient: '7243',
    name: 'naltrexone',
    product: 'Naltrexone 50 mg tablet',
    directions: 'One tablet once a day.',
  },
  dolutegravir: {
    ingredient: '1433868',
    name: 'dolutegravir',
    product: 'Dolutegravir/lamivudine 50 mg/300 mg tablet',
    directions: 'One tablet once a day.',
  },
  doxycycline: {
    ingredient: '3640',
    name: 'doxycycline',
    product: 'Doxycycline 100 mg capsule',
    directions: 'One capsule twice a day for seven days.',
  },
  levonorgestrel: {
    ingredient: '6373',
    name: 'levonorgestrel',
    product: 'Levonorgestrel/ethinyl estradiol 0.1 mg/20 mcg tablet',
    directions: 'One tablet once a day.',
  },
  etonogestrel: {
    ingredient: '14584',
    name: 'etonogestrel',
    product: 'Etonogestrel 68 mg implant',
    directions: 'In place under the skin of the upper arm, up to three years.',
  },
} as const satisfies Record<string, Medicine>;

export type MedicineKey = keyof typeof MEDICINES;

export function medicine(key: MedicineKey): Medicine {
  return MEDICINES[key];
}

export function medicineConcept(key: MedicineKey): CodeableConcept {
  const { ingredient, name, product } = MEDICINES[key];
  return concept('rxnorm', ingredient, name, product);
}
