import type { Thread } from '../messages.ts';

export const DENTAL_THREADS: readonly Thread[] = [
  {
    chart: 'marco-castellano',
    writer: 'marco-castellano',
    staff: 'wren-halloran',
    daysAgo: 3,
    subject: 'Moving my filling appointment',
    turns: [
      'Hi, my shift plan changed and I cannot make the filling next week before 3 p.m. Is there ' +
        'anything later that day?',
      'Hello Marco, 3:40 p.m. is free with Dr. Ibarra. Shall I move you there? It takes about fifty minutes.',
      'Yes please, that works. And can I bring my own headphones?',
      'Of course, please do. See you then!',
    ],
  },
  {
    chart: 'sofia-castellano',
    writer: 'elena-castellano',
    staff: 'tomasz-reyes',
    daysAgo: 11,
    subject: 'Sofia grinding her teeth at night',
    turns: [
      'Sofia grinds so loudly that her brother hears it through the wall. Should we worry? Her teeth ' +
        'do not hurt.',
      'Grinding is very common while the teeth are changing and mostly stops by itself around ' +
        'twelve. We will look at the edges at her next visit. If she wakes with sore cheeks or ' +
        'headaches, write to me and we will see her sooner.',
      'That is a relief, thank you.',
    ],
  },
  {
    chart: 'maeve-o-sullivan',
    writer: 'fiona-o-sullivan',
    staff: 'wren-halloran',
    daysAgo: 24,
    subject: 'Written instructions for Mum',
    turns: [
      'Could you send the cleaning instructions for the new implant crown in large print? Mum reads ' +
        'them by the mirror every evening.',
      'Good idea. I have put a large-print sheet in her documents and a paper copy is at the desk for you.',
    ],
  },
  {
    chart: 'hannah-brandt',
    writer: 'hannah-brandt',
    staff: 'wren-halloran',
    daysAgo: 6,
    subject: 'Nervous about next week',
    turns: [
      'I am dreading the root canal. Is it possible to sit up for the injection? Last time lying ' +
        'down I nearly fainted.',
      'Absolutely. Dr. Okafor has noted it: chair upright, numbing gel first, and a break whenever ' +
        'you raise your hand. Eat breakfast before you come.',
      'Thank you for taking it seriously.',
    ],
  },
  {
    chart: 'desmond-achebe',
    writer: 'desmond-achebe',
    staff: 'bettina-krause',
    daysAgo: 17,
    subject: 'Invoice for the deep cleaning',
    turns: [
      'My plan says it paid 80 percent of the scaling but the invoice looks higher than the rest of ' +
        '20. Can you check?',
      'You are right to ask: your yearly deductible of 50 dollars was taken from the first quadrant. ' +
        'I have attached the breakdown to the invoice. You can pay in two parts if that is easier.',
      'Understood. Two parts would be great.',
    ],
  },
  {
    chart: 'leila-haddad',
    writer: 'leila-haddad',
    staff: 'tomasz-reyes',
    daysAgo: 9,
    subject: 'Cold sensitivity after the filling',
    turns: [
      'The new filling on the upper left zings with ice water, about two seconds, then gone. Normal?',
      'Short and only with cold is normal for two to four weeks. Use the toothpaste for sensitive ' +
        'teeth and leave a smear on it overnight. If it starts to linger or wakes you, call us the ' +
        'same day.',
    ],
  },
  {
    chart: 'rosalind-teague',
    writer: 'rosalind-teague',
    staff: 'tomasz-reyes',
    daysAgo: 52,
    subject: 'Which brushes?',
    turns: [
      'I lost the note with the sizes of the little brushes.',
      'Pink (0.4) for the front, blue (0.6) for the sides, yellow (0.7) behind the last molars. Your ' +
        'gums looked so much calmer last time, keep going!',
    ],
  },
];
