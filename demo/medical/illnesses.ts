/** Short illnesses: one visit each, told whole. */

export interface ShortIllness {
  code: string;
  display: string;
  /** For whom it is told: ages, both included. */
  ages: readonly [from: number, to: number];
  reason: string;
  note: string;
}

export const SHORT_ILLNESSES: readonly ShortIllness[] = [
  {
    code: 'J02.0',
    display: 'Streptococcal pharyngitis',
    ages: [4, 30],
    reason: 'Sore throat',
    note:
      'Two days of sore throat and 38.6 °C, no cough. Tonsils red with patches, tender nodes at the ' +
      'jaw angle. Rapid strep positive.\n\nAmoxicillin for ten days, ibuprofen for the first two. May ' +
      'go back to school after 24 hours of treatment. To return if swallowing water gets hard.',
  },
  {
    code: 'H66.91',
    display: 'Otitis media, unspecified, right ear',
    ages: [0, 8],
    reason: 'Earache',
    note:
      'Woke three times last night pulling at the right ear after a week of runny nose. Right drum ' +
      'bulging and red, left one dull. Drinks well.\n\nOver two years and not very ill: ibuprofen for ' +
      '48 hours, prescription in hand if no better. Hearing check in three months.',
  },
  {
    code: 'J20.9',
    display: 'Acute bronchitis, unspecified',
    ages: [18, 90],
    reason: 'Cough',
    note:
      'Cough for nine days, first dry, now with some yellow phlegm; no fever since Sunday. Lungs ' +
      'clear, saturation 97%.\n\nExplained that three weeks of cough are usual and that an antibiotic ' +
      'would not shorten them. Honey, warm drinks, off work two days. Back if short of breath.',
  },
  {
    code: 'N30.00',
    display: 'Acute cystitis without hematuria',
    ages: [18, 70],
    reason: 'Burning when passing water',
    note:
      'Burning and going every half hour since yesterday, no fever, no flank pain. Dipstick: ' +
      'leukocytes and nitrite positive.\n\nNitrofurantoin for five days, plenty to drink. Culture ' +
      'sent. To call if fever or back pain appears.',
  },
  {
    code: 'S93.401A',
    display: 'Sprain of unspecified ligament of right ankle, initial encounter',
    ages: [9, 60],
    reason: 'Twisted ankle',
    note:
      'Stepped off the curb and rolled the right ankle outwards. Swelling in front of the outer ' +
      'malleolus, no tenderness of the bone itself, walks four steps: no film needed.\n\nCold, ' +
      'compression, elevation; brace for six weeks; balance exercises from day five on the sheet.',
  },
  {
    code: 'W57.XXXA',
    display: 'Bitten or stung by nonvenomous insect and other nonvenomous arthropods, initial encounter',
    ages: [5, 80],
    reason: 'Tick bite',
    note:
      'Took off a tick behind the knee yesterday after camping at Sturgeon Lake, flat, on for less ' +
      'than a day. Small red dot, no ring.\n\nNo antibiotic needed. Draw a line round the spot and ' +
      'look at it for four weeks; call with a growing ring, fever or aching joints.',
  },
  {
    code: 'L03.115',
    display: 'Cellulitis of right lower limb',
    ages: [40, 90],
    reason: 'Red lower leg',
    note:
      'Scratched the shin in the garden on Saturday; since yesterday a hand-sized warm red area, ' +
      'borders marked with pen. No fever, pulses good.\n\nCephalexin for five days, leg up. Comes back ' +
      'the day after tomorrow, sooner if the red crosses the line.',
  },
  {
    code: 'B34.9',
    display: 'Viral infection, unspecified',
    ages: [1, 50],
    reason: 'Fever',
    note:
      'Fever up to 39.1 °C since the day before yesterday with aching limbs, others at home have the ' +
      'same. Throat slightly red, neck supple, lungs clear, drinks and passes water.\n\nA viral ' +
      'illness that will pass within the week. Fluids, rest, fever medicine by weight. Warning signs ' +
      'gone through.',
  },
  {
    code: 'H10.33',
    display: 'Unspecified acute conjunctivitis, bilateral',
    ages: [1, 40],
    reason: 'Red eyes',
    note:
      'Both eyes red and sticky in the morning for two days with a cold. Sees well, no pain in bright ' +
      'light.\n\nWarm water and clean cotton, own towel, hands washed. It settles in a week without ' +
      'drops. Back if vision blurs or it hurts.',
  },
  {
    code: 'S61.211A',
    display: 'Laceration without foreign body of left index finger without damage to nail, initial encounter',
    ages: [18, 75],
    reason: 'Cut finger',
    note:
      'Cut the left index finger on a bread knife two hours ago: 2 cm, clean edges, bends and ' +
      'stretches against resistance, feels both sides of the tip.\n\nRinsed, ring block, four stitches ' +
      'with 5-0 nylon. Tetanus cover within date. Stitches out in ten days.',
  },
];
