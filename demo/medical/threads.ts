import type { Thread } from '../messages.ts';

export const MEDICAL_THREADS: readonly Thread[] = [
  {
    chart: 'desmond-achebe',
    writer: 'desmond-achebe',
    staff: 'camille-duarte',
    daysAgo: 2,
    subject: 'Fasting sugars this week',
    turns: [
      'Mon 118, Tue 126, Wed 121, Thu 109. Is the 109 too low? I felt fine.',
      '109 is exactly where we want it, well done. Below 70 would be low. Keep the evening walk, it shows.',
      'Good to hear. I will tell the dog.',
    ],
  },
  {
    chart: 'yusuf-haddad',
    writer: 'leila-haddad',
    staff: 'camille-duarte',
    daysAgo: 5,
    subject: 'Form for the school nurse',
    turns: [
      'The school needs a new form for Yusuf’s peanut allergy and the pen. Can you fill it in by Friday?',
      'Of course. Dr. Lund signs it tomorrow and it will be among his documents. Please check the ' +
        'date on the pen at home, ours says it runs out this winter.',
      'Checked, two months left. Could you renew it too? Thank you!',
    ],
  },
  {
    chart: 'evelyn-blackwood',
    writer: 'graham-blackwood',
    staff: 'camille-duarte',
    daysAgo: 8,
    subject: 'Mother up at night',
    turns: [
      'She gets up around two and packs her bag for work. She retired in 2008. I do not want pills ' +
        'for her if it can be helped.',
      'Thank you for writing. A lamp with a motion sensor, tea and a short look at the bag together ' +
        'often work better than arguing. Doctor would like to see you both next week to rule out a ' +
        'bladder infection. Tuesday 10:20?',
      'Tuesday works. The lamp is ordered.',
    ],
  },
  {
    chart: 'ji-woo-park',
    writer: 'ji-woo-park',
    staff: 'camille-duarte',
    daysAgo: 13,
    subject: 'Flight in week 24',
    turns: [
      'May I fly to my sister in week 24? Four hours.',
      'Yes. Aisle seat, stockings, walk every hour, plenty of water, and take the maternity record with you.',
    ],
  },
  {
    chart: 'guadalupe-morales',
    writer: 'guadalupe-morales',
    staff: 'percy-whitlock',
    daysAgo: 4,
    subject: 'Cita de laboratorio',
    turns: [
      'Buenos días, ¿tengo que venir en ayunas el jueves?',
      'Buenos días, señora Morales. Sí, sin desayuno, pero agua puede tomar. La esperamos a las 8:10.',
    ],
  },
  {
    chart: 'noor-haddad',
    writer: 'noor-haddad',
    staff: 'camille-duarte',
    daysAgo: 16,
    subject: 'Sports form',
    turns: [
      'Hi, my coach needs the sports form before the tournament. Can I pick it up after school?',
      'Hi Noor, it is signed and waiting at the desk until 5:30 p.m. Good luck, and take the blue ' +
        'inhaler along!',
    ],
  },
  {
    chart: 'sipho-nkosi',
    writer: 'thandiwe-nkosi',
    staff: 'percy-whitlock',
    daysAgo: 21,
    subject: 'Change of address',
    turns: [
      'Nothing has changed but the apartment number, it is 409 Dunmore Avenue, rear house.',
      'Noted for both of you, thank you.',
    ],
  },
];
