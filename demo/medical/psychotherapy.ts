/**
 * Psychotherapy notes: the psychiatrist's own, kept apart from the record (45 CFR 164.501). They carry HL7's
 * label PSYTHPN and name the section themselves.
 */
import type { ChartPen } from '../chart-pen.ts';
import { writeNote } from '../documents.ts';
import { coding } from '../terminology.ts';

/** Sessions by chart key, oldest first. */
export const SESSIONS: Readonly<Record<string, readonly string[]>> = {
  'annika-fischer': [
    'Arrives ten minutes early and sits in the car until the minute. Speaks of the accident in the ' +
      'third person, "the driver". When I wonder aloud who the driver is, long silence, then: "If it ' +
      'is me I have to have been afraid." We stay with that sentence.',
    'Dream of a staircase with a missing step that everyone else sees. She laughs and then is angry ' +
      'at having laughed. The anger is new here and I tell her that it is welcome. My own wish to ' +
      'reassure her is strong today; I notice and do not follow it.',
    'Brings the photograph of the car after all, face down. We agree that it may lie there for the ' +
      'hour. She turns it over six minutes before the end. Breath held; counted together. Leaves ' +
      'slower than she came.',
    'Speaks for the first time of the man in the other car. Guilt about being the one who walked. To ' +
      'think about: the father who "never hurt himself".',
  ],
  'miriam-kaplan': [
    'The piano again: "It looks at me." Her mother played the same one until the week she died, and ' +
      'nobody was to touch it after. Mourning and permission are one knot here.',
    'Forgot the last session, apologizes three times. What would it be like to be missed without ' +
      'owing anything? She weeps, quietly, and does not take the tissue.',
    'Played two pages at night with the lid half closed, so that Joel would not hear. "Like ' +
      'stealing." From whom? The mother comes in at that, alive for a moment, vain and funny.',
    'Fewer words, longer looks out of the window. Not withdrawal, I think, but rest. Ending by ' +
      'summer can be named now.',
  ],
  'denise-washington': [
    'Lists what could go wrong for twenty minutes, then stops: "I sound like my grandmother counting ' +
      'the children." Who counted Denise? Nobody needed to, she was the one who counted.',
    'Jalen has got the license and she has driven behind him, twice, in her husband’s car. We laugh. ' +
      'Under the laugh terror, and under the terror a small girl at a bus stop.',
    'Worry time shrinks. What fills the space is sadness about the job she did not take in Chicago. ' +
      'She had not allowed herself to want it.',
  ],
  'caroline-hughes': [
    'In the good weeks she feels watched by her own chart: is this joy or is it May? We look for ' +
      'what joy feels like in the body that May does not: it can wait until tomorrow.',
    'Angry with me about the lithium, politely at first. Says the sister is "the healthy one". I say ' +
      'that she has come on time for a year. She cries and is glad of the anger.',
    'Wrote the letter to the sister and did not send it. Reads it out. The line "I was the weather ' +
      'in our house" stays with both of us.',
  ],
  'brendan-gallagher': [
    'Comes because his daughter asked him to. Forty years underground, never a word about the ' +
      'collapse of ’81. Tells me about pigeons for forty minutes; the pigeons come home.',
    'Today names two of the men. Asks whether that is on the record. I tell him what these notes are ' +
      'and who can read them: I can. He nods and names the third.',
  ],
};

export function writeSessions(pen: ChartPen, sessions: readonly string[], psychiatrist: string): void {
  sessions.forEach((text, index) => {
    const day = pen.calendar.workday(-21 * (sessions.length - index) - pen.random.int(0, 6));
    writeNote(
      pen,
      {
        title: `Psychotherapy, session ${index + 1}`,
        type: {
          coding: [coding('loinc', '34109-9', 'Note')],
          text: 'Psychotherapy note',
        },
        text,
        at: pen.calendar.instant(day, 16, 10),
        practitioner: psychiatrist,
        labels: ['PSYTHPN'],
      },
      { section: 'psychotherapy', author: psychiatrist },
    );
  });
}
