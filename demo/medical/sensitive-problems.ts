/**
 * Problems of the `sensitive` section: their codes, medicines, panels, and how they are told. Labels are HL7
 * sensitivity codes (v3-ActCode). Text and codes both say what they are, so no label is needed to tell.
 */
import type { MedicineKey } from '../medications.ts';
import type { PanelKey } from './lab-catalog.ts';

export interface SensitiveProblem {
  code: string;
  display: string;
  label: 'HIV' | 'ETH' | 'PSY' | 'STD' | 'SEX';
  medicines: readonly MedicineKey[];
  panels: readonly PanelKey[];
  /** The questionnaire that follows its course. */
  score: 'phq-9' | 'gad-7' | 'audit-c' | null;
  seenBy: 'psychiatrist' | 'doctor';
  reason: string;
  /** Visit notes, oldest first; `{score}` is the day's score. */
  notes: readonly string[];
}

export const SENSITIVE_PROBLEMS = {
  depression: {
    code: 'F33.1',
    display: 'Major depressive disorder, recurrent, moderate',
    label: 'PSY',
    medicines: ['sertraline'],
    panels: [],
    score: 'phq-9',
    seenBy: 'psychiatrist',
    reason: 'Depression follow-up',
    notes: [
      'Second episode, began after the move in autumn: wakes at four, no pleasure in the piano, ate ' +
        'little and lost 4 kg. PHQ-9 {score}. No wish to die, no plan, partner at home knows. Starts ' +
        'sertraline 50 mg in the morning; what to expect of the first two weeks explained. Call in ten ' +
        'days, visit in four weeks.',
      'Four weeks on sertraline, nausea gone after the first. Sleeps until half past five, went to ' +
        'the market alone. PHQ-9 {score}. Still cannot read a page to the end. Raised to 100 mg. A ' +
        'walk every morning agreed, however short.',
      'Laughs at a story about the dog, first time here. PHQ-9 {score}. Back at work half days; the ' +
        'manager knows in outline. Continue 100 mg for at least nine months after full recovery, since ' +
        'this is the second episode.',
      'Well for three months. PHQ-9 {score}. A list of early signs written down: waking early, ' +
        'unanswered letters, no music. Next visit in eight weeks.',
    ],
  },
  anxiety: {
    code: 'F41.1',
    display: 'Generalized anxiety disorder',
    label: 'PSY',
    medicines: ['escitalopram'],
    panels: [],
    score: 'gad-7',
    seenBy: 'psychiatrist',
    reason: 'Anxiety follow-up',
    notes: [
      'Worries from waking to sleeping: money, the children on the road, a mistake at work two years ' +
        'ago. Shoulders ache, jaw clenched. GAD-7 {score}. Thyroid normal. Chooses escitalopram 10 mg ' +
        'together with cognitive therapy; caffeine down to one cup.',
      'GAD-7 {score}. Worry time from five to half past works "surprisingly well". Drove on the ' +
        'highway for the first time since spring. Some yawning from the medicine, bearable.',
      'GAD-7 {score}. Two bad days when the roof leaked, handled without calling in sick. Continue.',
    ],
  },
  ptsd: {
    code: 'F43.10',
    display: 'Post-traumatic stress disorder, unspecified',
    label: 'PSY',
    medicines: ['sertraline', 'quetiapine'],
    panels: [],
    score: 'phq-9',
    seenBy: 'psychiatrist',
    reason: 'Trauma follow-up',
    notes: [
      'Nightmares of the accident on most nights, avoids the bridge, startles at braking trucks. ' +
        'PHQ-9 {score}. Trauma-focused therapy explained step by step; she sets the pace. Sertraline, ' +
        'and a low dose of quetiapine at night for six weeks only.',
      'Second block of exposure done: drove over the bridge as a passenger. Nightmares twice a week. ' +
        'PHQ-9 {score}. Quetiapine stopped without trouble.',
      'Crossed the bridge at the wheel on Sunday, hands wet, and turned round and did it again. ' +
        'PHQ-9 {score}.',
    ],
  },
  bipolar: {
    code: 'F31.81',
    display: 'Bipolar II disorder',
    label: 'PSY',
    medicines: ['lithium'],
    panels: ['lithium', 'bmp', 'tsh'],
    score: 'phq-9',
    seenBy: 'psychiatrist',
    reason: 'Mood follow-up',
    notes: [
      'Four days in May with three hours of sleep and two credit cards at their limit, then seven ' +
        'weeks flat. Mood chart brought for the first time. PHQ-9 {score}. Lithium level in the low ' +
        'range; raised to 900 mg at night. Salt, fluids and ibuprofen gone through again.',
      'Even for two months by the chart. Fine tremor when pouring tea, no thirst. PHQ-9 {score}. ' +
        'Kidneys and thyroid unchanged. Same dose.',
      'Sister’s wedding went well, went to bed at midnight by plan. PHQ-9 {score}. Level in the ' +
        'middle of the range.',
    ],
  },
  attention: {
    code: 'F90.2',
    display: 'Attention-deficit hyperactivity disorder, combined type',
    label: 'PSY',
    medicines: ['methylphenidate'],
    panels: [],
    score: null,
    seenBy: 'psychiatrist',
    reason: 'Attention follow-up',
    notes: [
      'School reports since second grade read like the questionnaire. Works in bursts until three in ' +
        'the morning, pays every bill late. Starts methylphenidate ER 18 mg; blood pressure and sleep ' +
        'to be watched.',
      'On 36 mg: finished two estimates in one week, "quiet in the head". Less hungry at noon, ' +
        'weight unchanged, blood pressure fine. Refill for thirty days.',
    ],
  },
  alcohol: {
    code: 'F10.20',
    display: 'Alcohol dependence, uncomplicated',
    label: 'ETH',
    medicines: ['naltrexone'],
    panels: ['liver'],
    score: 'audit-c',
    seenBy: 'doctor',
    reason: 'Alcohol use follow-up',
    notes: [
      'Half a bottle of vodka a day since the divorce, morning tremor, one fall. AUDIT-C {score}. ' +
        'Wants to stop, has stopped once for eight months. Withdrawal managed at home with the brother ' +
        'staying; naltrexone from day six. Liver values taken.',
      'Nineteen days without a drink. AUDIT-C {score} for the month before. Craving strongest ' +
        'between five and seven, goes to the gym then. Group on Wednesdays.',
      'One slip at a birthday, two beers, called the sponsor the same night. AUDIT-C {score}. No ' +
        'shame needed, plan for the holidays made. GGT nearly halved.',
    ],
  },
  opioid: {
    code: 'F11.21',
    display: 'Opioid dependence, in remission',
    label: 'ETH',
    medicines: ['buprenorphine'],
    panels: [],
    score: null,
    seenBy: 'doctor',
    reason: 'Opioid use treatment',
    notes: [
      'Month seven on buprenorphine/naloxone 16 mg. Urine as expected. Back at the nursery full ' +
        'time, daughter stays over on weekends. No craving. Naloxone spray in the kitchen drawer, ' +
        'sister knows how to use it. Four-week prescription.',
      'Tooth pain after an extraction, treated without opioids. Dose unchanged. Asks how long to ' +
        'stay on it: as long as it helps, talked about two years at least.',
      'Ten months. Urine as expected. Would like fewer people to know why she comes; reminded that ' +
        'this part of the record is closed to all but those who treat it.',
    ],
  },
  hiv: {
    code: 'B20',
    display: 'Human immunodeficiency virus [HIV] disease',
    label: 'HIV',
    medicines: ['dolutegravir'],
    panels: ['hiv', 'bmp'],
    score: null,
    seenBy: 'doctor',
    reason: 'HIV follow-up',
    notes: [
      'Diagnosed three weeks ago at the walk-in. Partner tested, negative. Long talk: what the virus ' +
        'is, that treatment keeps him well and others safe. Viral load and CD4 known, no resistance. ' +
        'Starts dolutegravir/lamivudine today.',
      'No side effects, no dose missed in three months. HIV-1 RNA below 20 copies. Told one friend; ' +
        'his mother later perhaps.',
      'Undetectable throughout. CD4 rising. Vaccines completed. Asks about having children: yes, safely.',
    ],
  },
  contraception: {
    code: 'Z30.41',
    display: 'Encounter for surveillance of contraceptive pills',
    label: 'SEX',
    medicines: ['levonorgestrel'],
    panels: [],
    score: null,
    seenBy: 'doctor',
    reason: 'Contraception visit',
    notes: [
      'Asks for contraception. No migraine with aura, no clot in the family, does not smoke, blood ' +
        'pressure 112/70. Pill explained with what to do about a missed one; condoms besides. First ' +
        'three packs.',
      'Content with the pill, no spotting since the second pack. Would like to think about an ' +
        'implant next year.',
    ],
  },
  chlamydia: {
    code: 'A56.2',
    display: 'Chlamydial infection of genitourinary tract, unspecified',
    label: 'STD',
    medicines: ['doxycycline'],
    panels: [],
    score: null,
    seenBy: 'doctor',
    reason: 'Test result',
    notes: [
      'Chlamydia found on screening, no complaints. Doxycycline for seven days, partner informed by ' +
        'herself and treated elsewhere. No sex for a week. Test again in three months; HIV and ' +
        'syphilis tests negative.',
    ],
  },
} as const satisfies Record<string, SensitiveProblem>;

export type SensitiveKey = keyof typeof SENSITIVE_PROBLEMS;

export function sensitiveProblem(key: SensitiveKey): SensitiveProblem {
  return SENSITIVE_PROBLEMS[key];
}

/** Notes that replace the usual ones in a chart: by chart key, then by problem. */
export const OWN_NOTES: Readonly<Record<string, Partial<Record<SensitiveKey, readonly string[]>>>> = {
  'noor-haddad': {
    contraception: [
      'Second half of the visit alone, by her wish; what stays between us and what does not was ' +
        'explained first. Has a boyfriend of the same age since summer, no pressure, would like to be ' +
        'safe. No migraine with aura, no clot in the family. Pill and condoms, how to use both, what ' +
        'to do when one is forgotten. Does not want her parents to know; state law lets her decide, ' +
        'and this part of the record is closed to their access.',
      'Alone again. Takes the pill with the toothbrush, forgot one in two months. Mood good, school ' +
        'good, sleeps. Asked twice whether the bill or a text could tell at home: neither does.',
    ],
    chlamydia: [
      'Screening from last week shows chlamydia; no complaints. Told her alone, in the room, not by ' +
        'telephone. Doxycycline for seven days given here, so that no pharmacy message goes out. ' +
        'Boyfriend treated at the county clinic. HIV test negative. Test again in three months. She ' +
        'was brave.',
    ],
  },
  'brendan-gallagher': {
    depression: [
      'Daughter brought him: sits in the kitchen without the light on, stopped going to the pigeons. ' +
        'Wakes at three, nothing tastes. PHQ-9 {score}. Says he would not do anything, "the birds need ' +
        'feeding". Pills counted, gun safe key with the daughter. Sertraline, started low because of ' +
        'his age; sodium in two weeks.',
      'PHQ-9 {score}. Feeds the birds himself again. Sodium normal. Hands steadier than his face, he ' +
        'says. Agreed to talk here every third week.',
      'PHQ-9 {score}. Went to the club anniversary and stayed until the end. Same dose.',
    ],
  },
};
