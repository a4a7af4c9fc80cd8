/** What a dental practice does and charges for, under local codes (CDT is licensed and not shipped). */
import type { CodeableConcept } from '@medplum/fhirtypes';
import { concept } from '../terminology.ts';

interface Service {
  text: string;
  fee: number;
  minutes: number;
  preventive?: true;
}

export const SERVICES = {
  'exam-comprehensive': {
    text: 'Comprehensive oral examination, new patient',
    fee: 98,
    minutes: 40,
    preventive: true,
  },
  'exam-periodic': { text: 'Periodic oral examination', fee: 56, minutes: 15, preventive: true },
  'exam-problem': { text: 'Limited examination, problem focused', fee: 74, minutes: 20 },
  'prophylaxis-adult': { text: 'Cleaning (prophylaxis), adult', fee: 104, minutes: 45, preventive: true },
  'prophylaxis-child': { text: 'Cleaning (prophylaxis), child', fee: 74, minutes: 30, preventive: true },
  'fluoride-varnish': { text: 'Fluoride varnish', fee: 38, minutes: 5, preventive: true },
  sealant: { text: 'Fissure sealant', fee: 56, minutes: 15, preventive: true },
  bitewings: { text: 'Bitewing radiographs', fee: 68, minutes: 10, preventive: true },
  periapical: { text: 'Periapical radiograph', fee: 32, minutes: 5 },
  'composite-1': { text: 'Composite filling, one surface', fee: 178, minutes: 40 },
  'composite-2': { text: 'Composite filling, two surfaces', fee: 226, minutes: 50 },
  'composite-3': { text: 'Composite filling, three surfaces', fee: 278, minutes: 60 },
  'amalgam-2': { text: 'Amalgam filling, two surfaces', fee: 184, minutes: 45 },
  'crown-ceramic': { text: 'Ceramic crown', fee: 1240, minutes: 80 },
  'root-canal-anterior': { text: 'Root canal treatment, front tooth', fee: 790, minutes: 75 },
  'root-canal-premolar': { text: 'Root canal treatment, premolar', fee: 920, minutes: 90 },
  'root-canal-molar': { text: 'Root canal treatment, molar', fee: 1180, minutes: 110 },
  extraction: { text: 'Extraction of an erupted tooth', fee: 214, minutes: 40 },
  'surgical-extraction': { text: 'Surgical extraction', fee: 348, minutes: 60 },
  'implant-placement': { text: 'Implant placement', fee: 2150, minutes: 90 },
  'implant-crown': { text: 'Crown on an implant', fee: 1490, minutes: 60 },
  'scaling-root-planing': { text: 'Scaling and root planing, one quadrant', fee: 246, minutes: 50 },
  'perio-maintenance': { text: 'Periodontal maintenance', fee: 142, minutes: 50 },
  'night-guard': { text: 'Occlusal night guard', fee: 460, minutes: 30 },
  pulpotomy: { text: 'Pulpotomy, primary tooth', fee: 198, minutes: 40 },
} as const satisfies Record<string, Service>;

export type ServiceKey = keyof typeof SERVICES;

export function service(key: ServiceKey): Service {
  return SERVICES[key];
}

export function serviceConcept(key: ServiceKey): CodeableConcept {
  return concept('dentalProcedure', key, SERVICES[key].text);
}

/** The root canal treatment that fits a tooth. */
export function rootCanalFor(tooth: number): ServiceKey {
  const place = tooth % 10;
  if (place <= 3) return 'root-canal-anterior';
  return place <= 5 ? 'root-canal-premolar' : 'root-canal-molar';
}

export function fillingFor(surfaces: string): ServiceKey {
  if (surfaces.length === 1) return 'composite-1';
  return surfaces.length === 2 ? 'composite-2' : 'composite-3';
}
