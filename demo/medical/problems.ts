/** Problems that Lakeside treats: code, medicines, laboratory panels, and how they sound in a note. */
import type { MedicineKey } from '../medications.ts';
import type { PanelKey } from './lab-catalog.ts';

export interface Problem {
  code: string;
  display: string;
  text: string;
  medicines: readonly MedicineKey[];
  panels: readonly PanelKey[];
  /** What the patient tells; `{name}` stands for a laboratory value, see `fillIn`. */
  hears: readonly string[];
  /** Assessment and plan. A sentence whose value is not known is left out. */
  does: readonly string[];
}

export const PROBLEMS = {
  hypertension: {
    code: 'I10',
    display: 'Essential (primary) hypertension',
    text: 'High blood pressure',
    medicines: ['lisinopril'],
    panels: ['bmp'],
    hears: [
      'Measures at home three mornings a week, mostly in the low 130s; brought the booklet.',
      'Stopped measuring because the cuff pinches; no headaches, no swelling of the ankles.',
      'Takes the tablet with the first coffee, misses perhaps one dose in two weeks.',
    ],
    does: [
      'Blood pressure {bp} today. Close to goal; same dose, less salt at lunch, recheck by the nurse ' +
        'in six weeks.',
      'Blood pressure {bp}. Potassium {potassium}, creatinine {creatinine}: the ACE inhibitor is ' +
        'well tolerated, continue.',
      'Blood pressure {bp}, higher than at home. Home readings for two weeks before changing ' +
        'anything; larger cuff ordered.',
    ],
  },
  diabetes: {
    code: 'E11.9',
    display: 'Type 2 diabetes mellitus without complications',
    text: 'Type 2 diabetes',
    medicines: ['metformin', 'empagliflozin'],
    panels: ['a1c', 'bmp', 'urine-albumin'],
    hears: [
      'Walks the dog for half an hour after supper and sees it in the evening sugars.',
      'Night snacks are back since the shift change; fasting values between 140 and 170.',
      'No low sugars, no numbness in the feet, eyes examined this spring without retinopathy.',
    ],
    does: [
      'A1c {a1c}, last time {a1cBefore}. Going the right way; keep both medicines, dietitian visit booked.',
      'A1c {a1c} after {a1cBefore}. Feet: pulses full, monofilament felt at all ten points. Same ' +
        'treatment, labs in three months.',
      'A1c {a1c}. Urine albumin {uacr} mg/g. Talked about what a sick day means for empagliflozin: ' +
        'stop, drink, call.',
    ],
  },
  hyperlipidemia: {
    code: 'E78.5',
    display: 'Hyperlipidemia, unspecified',
    text: 'High cholesterol',
    medicines: ['atorvastatin'],
    panels: ['lipid', 'liver'],
    hears: [
      'Takes the statin at night, no muscle pain.',
      'Was off the statin for a month after reading about it; takes it again since the spring.',
    ],
    does: [
      'LDL {ldl} mg/dL, was {ldlBefore}. Continue; repeat in a year.',
      'LDL {ldl} mg/dL, liver enzymes normal. Benefit and doubts about statins discussed at length; ' +
        'stays on it.',
    ],
  },
  hypothyroid: {
    code: 'E03.9',
    display: 'Hypothyroidism, unspecified',
    text: 'Underactive thyroid',
    medicines: ['levothyroxine'],
    panels: ['tsh'],
    hears: [
      'Energy is good again; takes the tablet at five before work.',
      'Feels cold and slow since autumn, hair thinner at the temples.',
    ],
    does: [
      'TSH {tsh}, was {tshBefore}. Dose stays; tablet apart from calcium and coffee.',
      'TSH {tsh}. No goitre. Recheck in six months.',
    ],
  },
  asthma: {
    code: 'J45.30',
    display: 'Mild persistent asthma, uncomplicated',
    text: 'Asthma',
    medicines: ['fluticasone', 'albuterol'],
    panels: [],
    hears: [
      'Needed the blue inhaler twice last week, both times after running in the cold.',
      'Sleeps through; no missed school or work this quarter.',
      'Coughs at night since the neighbor got a cat.',
    ],
    does: [
      'Chest clear, no wheeze on forced breath. Inhaler technique shown again with the spacer. ' +
        'Action plan renewed.',
      'Controlled. Step down discussed for spring, not in the cold season.',
    ],
  },
  copd: {
    code: 'J44.9',
    display: 'Chronic obstructive pulmonary disease, unspecified',
    text: 'COPD',
    medicines: ['tiotropium', 'albuterol'],
    panels: ['cbc'],
    hears: [
      'Climbs to the second floor with one stop; two years ago it was none.',
      'One flare in January with antibiotics and prednisone, none since.',
    ],
    does: [
      'Long breath out, scattered wheeze at the bases, saturation 93% on air. Pulmonary ' +
        'rehabilitation referral sent.',
      'Stable. Vaccines up to date. Ten cigarettes a day; not ready to stop, will think about the patch.',
    ],
  },
  reflux: {
    code: 'K21.9',
    display: 'Gastro-esophageal reflux disease without esophagitis',
    text: 'Acid reflux',
    medicines: ['omeprazole'],
    panels: [],
    hears: [
      'Burning after late dinners only; none in the three weeks with the head of the bed raised.',
      'Two bad nights since the last visit, both after pizza at nine.',
    ],
    does: [
      'No alarm signs. Try omeprazole every other day, then as needed.',
      'Swallows well, weight steady, no black stools. Last meal by seven, as agreed.',
      'Went without for two weeks, then needed it again after the holidays. Lowest dose that works is fine.',
    ],
  },
  osteoporosis: {
    code: 'M81.0',
    display: 'Age-related osteoporosis without current pathological fracture',
    text: 'Osteoporosis',
    medicines: ['alendronate', 'cholecalciferol'],
    panels: ['bmp'],
    hears: [
      'No falls this year; goes to the balance class on Tuesdays.',
      'Takes the weekly tablet standing at the kitchen window, as told.',
    ],
    does: [
      'T-score of the hip -2.6, a little better than before treatment. Year three of alendronate; ' +
        'plan a pause after five.',
      'Height unchanged since last year, no new back pain. Calcium from food is enough; vitamin D goes on.',
      'Swallowing fine, no thigh pain, teeth seen by the dentist in spring. Next bone density in a year.',
      'Stood on one leg for eleven seconds. Rugs at home have been taped down; alendronate goes on.',
    ],
  },
  fibrillation: {
    code: 'I48.91',
    display: 'Unspecified atrial fibrillation',
    text: 'Atrial fibrillation',
    medicines: ['apixaban', 'metoprolol'],
    panels: ['cbc', 'bmp'],
    hears: [
      'Feels the heart trip in the evening, a minute or so, no dizziness.',
      'Nosebleed once, stopped with pressure in ten minutes.',
    ],
    does: [
      'Rate 72 irregular. Hemoglobin {hemoglobin}, kidneys fine: apixaban dose is right.',
      'No bleeding, no missed doses. Rhythm known to the cardiologist; next visit there in the fall.',
    ],
  },
  kidney: {
    code: 'N18.31',
    display: 'Chronic kidney disease, stage 3a',
    text: 'Chronic kidney disease',
    medicines: ['losartan'],
    panels: ['bmp', 'urine-albumin'],
    hears: ['Avoids ibuprofen since we talked, uses heat for the knee.'],
    does: [
      'eGFR {egfr}, was {egfrBefore}. Slow decline; blood pressure tight, no anti-inflammatories, ' +
        'labs every four months.',
      'Creatinine {creatinine}, eGFR {egfr}. Stable enough to go on without the nephrologist for now.',
    ],
  },
  anemia: {
    code: 'D50.9',
    display: 'Iron deficiency anemia, unspecified',
    text: 'Iron deficiency anemia',
    medicines: ['ferrous'],
    panels: ['cbc', 'ferritin'],
    hears: [
      'Less out of breath on the stairs; iron every other day with orange juice.',
      'Periods heavy on two days, otherwise as ever.',
    ],
    does: [
      'Hemoglobin {hemoglobin}, was {hemoglobinBefore}; ferritin {ferritin}. Stores still filling: ' +
        'three more months of iron.',
      'Hemoglobin {hemoglobin}. Celiac antibodies negative. Iron stays every other day, which the ' +
        'stomach likes better.',
    ],
  },
  migraine: {
    code: 'G43.909',
    display: 'Migraine, unspecified, not intractable, without status migrainosus',
    text: 'Migraine',
    medicines: ['sumatriptan'],
    panels: [],
    hears: [
      'Four attacks a month by the diary, two of them on the weekend after long weeks.',
      'Zigzag lights for twenty minutes, then the left temple; the triptan works if taken at once.',
    ],
    does: [
      'Neurological examination normal. Triptan no more than nine days a month; magnesium and ' +
        'regular sleep first, a preventive if the diary fills.',
      'Three attacks since the last visit, none on a weekday. The diary goes on.',
    ],
  },
  back: {
    code: 'M54.50',
    display: 'Low back pain, unspecified',
    text: 'Low back pain',
    medicines: ['ibuprofen'],
    panels: [],
    hears: [
      'Stiff in the morning for ten minutes, fine once moving; worst after long drives.',
      'Two weeks without pain, then again after shoveling snow.',
    ],
    does: [
      'No red flags, straight leg raise negative on both sides. Physical therapy, stay active, no ' +
        'film needed.',
      'Six visits of physical therapy done, lifts from the knees now. Pain two of ten at work.',
      'Touches the toes again. Exercises five minutes a day rather than thirty once a week.',
    ],
  },
  rhinitis: {
    code: 'J30.2',
    display: 'Other seasonal allergic rhinitis',
    text: 'Hay fever',
    medicines: ['cetirizine'],
    panels: [],
    hears: [
      'Itchy eyes from the birch on, better on rainy days.',
      'Sneezes when the neighbor mows; tablets in the morning help until supper.',
    ],
    does: [
      'Pale swollen turbinates. Antihistamine from the end of March, nasal spray if that is not enough.',
      'Drops for the eyes added in May; slept with closed windows. Enough for this year.',
      'Skin test positive for birch and grass. Desensitization explained, wants to think.',
    ],
  },
  prostate: {
    code: 'N40.1',
    display: 'Benign prostatic hyperplasia with lower urinary tract symptoms',
    text: 'Enlarged prostate',
    medicines: ['tamsulosin'],
    panels: [],
    hears: [
      'Up once a night instead of three times since the capsule.',
      'Has to wait at the start in the morning, fine for the rest of the day.',
    ],
    does: [
      'Continue. Gets up slowly, no dizziness. PSA not wanted after talking through what it would change.',
      'Empties well by ultrasound, 30 mL left. Tea no later than six.',
      'Same capsule. Blood pressure does not fall on standing.',
    ],
  },
  memory: {
    code: 'G30.9',
    display: "Alzheimer's disease, unspecified",
    text: 'Memory loss',
    medicines: [],
    panels: ['tsh', 'cbc'],
    hears: [
      'Son reports she asks the same question within minutes but still beats him at rummy.',
      'Left the stove on once; the auto-off is installed now.',
    ],
    does: [
      'Day book on the kitchen table works. Driving has stopped. Caregiver day discussed with the ' +
        'son; he would like two afternoons.',
      'Weight steady, shoes on the right feet, smiles at the grandchild’s name. Health care proxy on file.',
      'More tired in the evening, walks in the hall at night. Light by the bed, no new tablets.',
    ],
  },
  eczema: {
    code: 'L20.9',
    display: 'Atopic dermatitis, unspecified',
    text: 'Eczema',
    medicines: [],
    panels: [],
    hears: [
      'Scratches at night in the elbow folds; the plain ointment after the bath helps.',
      'Two quiet months, then a flare with the first cold.',
    ],
    does: [
      'Dry patches in both elbows, no infection. Ointment twice a day, mild steroid for five days on ' +
        'the red spots only.',
      'Skin quiet but for one patch behind the knee. Ointment as before, cotton next to the skin.',
      'Worse with the swimming pool; shower and ointment right after.',
    ],
  },
  pregnancy: {
    code: 'Z34.02',
    display: 'Encounter for supervision of normal first pregnancy, second trimester',
    text: 'Pregnancy, second trimester',
    medicines: [],
    panels: ['cbc'],
    hears: [
      'Nausea gone since week 15, feels the first flutters in the evening.',
      'Backache in the evening, swims twice a week.',
    ],
    does: [
      'Fundus at the navel, heartbeat 148. Hemoglobin {hemoglobin}. Anatomy scan booked; birth class ' +
        'starts next month.',
      'Blood pressure {bp}, no protein, baby moves. Glucose test at 26 weeks explained.',
    ],
  },
} as const satisfies Record<string, Problem>;

export type ProblemKey = keyof typeof PROBLEMS;

export function problem(key: ProblemKey): Problem {
  return PROBLEMS[key];
}
