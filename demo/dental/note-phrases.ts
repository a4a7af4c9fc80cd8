/** Sentences for dental notes. Each list is drawn from without repetition within a chart. */

/** What patients tell, by the ages (both included) that it suits. */
export const SMALL_TALK: readonly [from: number, to: number, told: string][] = [
  [
    16,
    50,
    'Training for a half marathon in spring and sipping sports drinks; talked about rinsing with ' +
      'water after.',
  ],
  [55, 90, 'Back from three weeks with the grandchildren; brushing at night slipped a little.'],
  [
    18,
    60,
    'Started a new job on night shifts and snacks around 3 a.m.; suggested cheese and nuts instead ' +
      'of biscuits.',
  ],
  [
    16,
    60,
    'Asked whether whitening strips are safe; explained sensitivity and to wait until the fillings are done.',
  ],
  [
    14,
    90,
    'Has switched to an electric toothbrush since the last visit and likes it; it shows at the gum line.',
  ],
  [25, 80, 'Wedding in the family next month and would like a polish close to the date.'],
  [
    25,
    66,
    'Drinks five coffees a day at work; staining on the lingual of the lower front teeth as last time.',
  ],
  [14, 70, 'Reports a clicking left jaw joint when yawning, no pain, no locking.'],
  [14, 90, 'Flosses "on Sundays"; agreed on interdental brushes, size 0.6, next to the kettle.'],
  [18, 62, 'Bites on pens during meetings; edge wear on the upper front teeth, shown in the mirror.'],
  [
    18,
    40,
    'Quit vaping in the summer and noticed the gums bleed more since; explained why that is expected.',
  ],
  [20, 64, 'Moved closer to the practice and can now come over the lunch break.'],
  [25, 90, 'Worried about the cost of a crown; went through the estimate line by line with the front desk.'],
  [12, 80, 'Plays the clarinet; asked us to keep the lower lip numb for as short as possible.'],
  [28, 70, 'Has been clenching since the house sale fell through; masseter tender on both sides.'],
  [62, 72, 'Retired in spring, now has time for appointments in the morning.'],
  [30, 90, 'Had a filling fall out on holiday years ago and still chews on the right only.'],
  [14, 90, 'Would rather not see the needle; told every step before it came and did very well.'],
  [14, 90, 'Gags easily; films taken with the small sensor and a pinch of salt on the tongue.'],
  [20, 70, 'Coaches the junior hockey team; mouthguard checked, still fits.'],
];

export const CHILD_TALK = [
  'Climbed into the chair alone and counted the teeth aloud with us.',
  'Shy at first; sat on the parent’s lap for the mirror, then by choice in the chair for the polish.',
  'Chose the strawberry paste and a dinosaur sticker.',
  'Lost a lower front tooth last week and brought it in a matchbox.',
  'Still has apple juice in the evening bottle; suggested water from this week on.',
  'Sucks the thumb when tired; talked about a reward chart rather than scolding.',
  'Brushes alone in the morning; the parent brushes again at night, plaque much less than last time.',
  'Did not want the mirror at first; it went well once the parent had been looked at first.',
] as const;

export const SOFT_TISSUE = [
  'Lips, cheeks, tongue, floor of mouth and palate without finding.',
  'Soft tissues healthy; linea alba on both cheeks, of no concern.',
  'Small traumatic ulcer on the inside of the lower lip, healing; to call if it is still there in two weeks.',
  'Geographic tongue as known, no symptoms. Rest of the soft tissues healthy.',
  'Bony swellings on the tongue side of the lower jaw, unchanged. No lesion of the soft tissues.',
] as const;

export const HYGIENE = [
  'Light calculus behind the lower incisors, little plaque.',
  'Moderate plaque at the upper molars on the cheek side; showed the angle of the brush.',
  'Excellent home care; hardly anything to remove.',
  'Calculus on the lower front and stain on the upper palatal surfaces removed by ultrasonic and ' +
    'hand scaling.',
  'Plaque along the gum line of the lower left; right-handed brusher, shown with disclosing dye.',
] as const;

export const ANAESTHESIA = [
  'Local: one 1.7 mL carpule of 2% lidocaine with 1:100,000 epinephrine, aspirated twice, no reaction.',
  'Local: 1.5 carpules of 4% articaine with 1:100,000 epinephrine, profound after six minutes.',
  'Topical benzocaine for two minutes, then 1.7 mL of 2% lidocaine with epinephrine, slowly.',
] as const;

export const FILLING = [
  'Rubber dam. Soft dentine removed, firm base left over the pulp. Selective etch, bonded, layered ' +
    'in {shade}, contact tight to floss.',
  'Isolated with cotton rolls and suction. Caries removed with round bur at slow speed; sectional ' +
    'matrix and wedge; composite {shade}; bite adjusted, no high spot.',
  'Rubber dam from the tooth behind. Undermined enamel opened, cavity lined, composite {shade} in ' +
    'three layers. Polished; patient runs the tongue over it and is content.',
] as const;

export const ROOT_CANAL = [
  'Rubber dam. Access opened, {canals} found, working length by apex locator and film. Shaped, ' +
    'rinsed with 3% hypochlorite, dried, filled to length. Core of composite. Film: dense fill to half ' +
    'a millimetre of the apex.',
  'Tooth opened under rubber dam: dark, vital bleeding in one canal, the rest dry. {canals} cleaned ' +
    'and filled in one visit. No pain on tapping at the end. Needs a crown within a month.',
] as const;

export const CROWN = [
  'Temporary taken off, crown tried in: margin closed all round, contact with slight drag, shade ' +
    '{shade} matches in daylight. Cemented with resin cement, excess removed, bite checked with ' +
    '8-micron foil.',
  'Ceramic crown seated on the second try after easing the mesial contact. Patient approved the ' +
    'shade in the hand mirror before cementing. Film: no cement left below the gum.',
] as const;

export const IMPLANT_PLACEMENT = [
  'Flap raised, bone of good quality. Osteotomy in steps to 4.1 by 10 mm, torque 35 Ncm. Cover ' +
    'screw, three sutures. Ibuprofen and cold compress for the day, stitches out in ten days.',
] as const;

export const IMPLANT_CROWN = [
  'Implant firm and silent on tapping, gum collar healthy. Screw-retained crown torqued to 35 Ncm, ' +
    'access closed with tape and composite. Shown how to floss around it.',
] as const;

export const SEALANT = [
  'Fissures cleaned, etched for 20 seconds, dried to frosty, sealed and cured. Held still the whole time.',
] as const;

export const PULPOTOMY = [
  'Coronal pulp removed, bleeding stopped with a moist pellet in three minutes, medicated and ' +
    'restored with glass ionomer. Parent told to expect a tender evening.',
] as const;

export const AFTERCARE = [
  'Numb for two to three hours: no chewing on that side. To call if it hurts to bite after a week.',
  'Told to expect sensitivity to cold for some days. Written aftercare handed over.',
  'Left comfortable. Will ring if the bite feels high when the numbness is gone.',
] as const;

export const EMERGENCY = [
  'Called this morning: throbbing from the {tooth} since the weekend, worse lying down, ibuprofen ' +
    'helps for two hours.',
  'Sharp pain on biting with the {tooth}, lingering for a minute after cold water; woke at four.',
  'Swelling beside the {tooth} noticed on waking, no fever, swallowing normal.',
] as const;
