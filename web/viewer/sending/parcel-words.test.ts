import { describe, expect, test } from 'vitest';
import { wordsOfFile } from './parcel-words.ts';

const AROUND = {
  types: ['photo', 'letter', 'radiograph', 'other'],
  format: { date: (day: string) => `<${day}>` },
  words: { photoOf: (day: string) => `Photo of ${day}` },
};
const AT = new Date(2026, 1, 3, 9, 30).getTime();

function words(name: string, type: string, arrival: 'chosen' | 'taken' = 'chosen', types = AROUND.types) {
  return wordsOfFile(new File(['x'], name, { type, lastModified: AT }), arrival, { ...AROUND, types });
}

describe('a file is called', () => {
  test('by its name without the ending, where that says something', () => {
    expect(words('Letter of Dr. Lam.pdf', 'application/pdf').title).toBe('Letter of Dr. Lam');
    expect(words('knee left.jpeg', 'image/jpeg').title).toBe('knee left');
  });

  test('by the day of the picture, where a camera or a clipboard gave it a name', () => {
    for (const name of [
      'IMG_2041.jpg',
      'PXL_20260203_093000.jpg',
      'image.png',
      '20260203_0930.jpg',
      'DSCF1.jpg',
    ]) {
      expect(words(name, 'image/jpeg').title).toBe('Photo of <2026-02-03>');
    }
    expect(words('blob that was pasted.png', 'image/png', 'taken').title).toBe('Photo of <2026-02-03>');
  });

  test('a photo, a radiograph or something else, as far as may be sent', () => {
    expect(words('IMG_2041.jpg', 'image/jpeg').type).toBe('photo');
    expect(words('tooth.dcm', '').type).toBe('radiograph');
    expect(words('a.pdf', 'application/pdf').type).toBe('other');
    expect(words('IMG_2041.jpg', 'image/jpeg', 'chosen', ['consent', 'insurance-card']).type).toBe(
      'insurance-card',
    );
  });

  test('of the day on which a picture was taken, and of no day for what was downloaded', () => {
    expect(words('IMG_2041.jpg', 'image/jpeg').date).toBe('2026-02-03');
    expect(words('a.pdf', 'application/pdf').date).toBe('');
  });
});
