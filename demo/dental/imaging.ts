/** Pictures in a dental chart: the photo ID copied at the desk, and radiographs drawn from the mouth. */
import type { ChartPen } from '../chart-pen.ts';
import { attachFile, DOCUMENT_TYPES } from '../documents.ts';
import { drawIdentityCard } from '../files/identity-card.ts';
import { encodeJpeg } from '../files/jpeg.ts';
import { encodePng } from '../files/png.ts';
import { drawBitewing, drawPeriapical, type JawPicture } from '../files/radiograph.ts';
import type { Resident } from '../people/household.ts';
import { type Mouth, pictureOf } from './mouth.ts';
import { COMPLEXIONS } from './roster.ts';
import { isUpper, toothName, writtenTooth } from './teeth.ts';

export function writePhotoId<Profile>(
  pen: ChartPen,
  resident: Resident<Profile>,
  day: number,
  author: string,
): void {
  const random = pen.random.fork('photo-id');
  const { member, address } = resident;
  const complexion = COMPLEXIONS[member.family];
  const raster = drawIdentityCard(
    {
      name: resident.name,
      birthDate: resident.birthDate,
      address: address.line?.[0] ?? '',
      city: `${address.city} ${address.state} ${address.postalCode}`,
      cardNumber: `N${random.int(100, 999)}-${random.int(1000, 9999)}-${random.int(1000, 9999)}`,
      expires: pen.calendar.date(random.int(200, 2200)),
      ageYears: member.age,
      gender: member.gender,
      ...(complexion === undefined ? {} : { complexion }),
    },
    random,
  );
  const isPng = random.chance(0.6);
  attachFile(
    pen,
    {
      title: 'Photo identification',
      type: DOCUMENT_TYPES.photoId,
      contentType: isPng ? 'image/png' : 'image/jpeg',
      bytes: isPng ? encodePng(raster) : encodeJpeg(raster, 72),
      at: pen.calendar.instant(day, 8, 2),
    },
    { key: `${pen.chart}-photo-id`, section: 'administrative', author },
  );
}

/** A side's back teeth, from the left edge of the film to the right, as seen when facing the patient. */
function jaw(mouth: Mouth, quadrant: number, isRight: boolean): JawPicture {
  const places = isRight ? [7, 6, 5, 4] : [4, 5, 6, 7];
  const teeth = places.map((place) => {
    const permanent = quadrant * 10 + place;
    const primary = (quadrant + 4) * 10 + Math.min(place, 5);
    const stands = mouth.teeth.includes(permanent) || place > 5;
    const picture = pictureOf(mouth, stands ? permanent : primary);
    return isRight ? mirrored(picture) : picture;
  });
  return { teeth, boneLoss: mouth.boneLoss };
}

/** On the patient's right the mesial side lies to the right of the film. */
function mirrored(picture: ReturnType<typeof pictureOf>): ReturnType<typeof pictureOf> {
  const swap = (surfaces: string) =>
    [...surfaces].map((letter) => (letter === 'M' ? 'D' : letter === 'D' ? 'M' : letter)).join('');
  return {
    ...picture,
    ...(picture.decay ? { decay: swap(picture.decay) } : {}),
    ...(picture.filling ? { filling: { ...picture.filling, surfaces: swap(picture.filling.surfaces) } } : {}),
  };
}

interface FilmContext {
  day: number;
  at: string;
  encounter: string;
  practitioner: string;
}

export function writeBitewings(pen: ChartPen, mouth: Mouth, context: FilmContext): void {
  for (const side of ['right', 'left'] as const) {
    const isRight = side === 'right';
    const upper = jaw(mouth, isRight ? 1 : 2, isRight);
    const lower = jaw(mouth, isRight ? 4 : 3, isRight);
    const raster = drawBitewing(upper, lower, pen.random.fork(`bitewing-${side}-${context.day}`));
    attachFile(
      pen,
      {
        title: `Bitewing radiograph, ${side}`,
        type: DOCUMENT_TYPES.radiograph,
        contentType: 'image/jpeg',
        bytes: encodeJpeg(raster, 72),
        at: context.at,
        practitioner: context.practitioner,
        encounter: context.encounter,
      },
      { key: `${pen.chart}-bitewing-${side}${context.day}`, author: context.practitioner },
    );
  }
}

export function writePeriapical(pen: ChartPen, mouth: Mouth, tooth: number, context: FilmContext): void {
  const quadrant = Math.floor(tooth / 10) * 10;
  const place = Math.min(7, Math.max(2, tooth % 10));
  const teeth = [place - 1, place, place + 1].map((near) => {
    const picture = pictureOf(mouth, quadrant + near);
    if (quadrant + near !== tooth) return picture;
    return { shape: picture.shape, decay: 'O', periapicalLesion: true };
  });
  const jawPicture = { teeth, boneLoss: mouth.boneLoss };
  const raster = drawPeriapical(jawPicture, isUpper(tooth), pen.random.fork(`periapical-${tooth}`));
  const isPng = pen.random.chance(0.3);
  attachFile(
    pen,
    {
      title: `Periapical radiograph, ${writtenTooth(tooth)} (${toothName(tooth)})`,
      type: DOCUMENT_TYPES.radiograph,
      contentType: isPng ? 'image/png' : 'image/jpeg',
      bytes: isPng ? encodePng(raster) : encodeJpeg(raster, 76),
      at: context.at,
      practitioner: context.practitioner,
      encounter: context.encounter,
    },
    { key: `${pen.chart}-periapical-${tooth}${context.day}`, author: context.practitioner },
  );
}
