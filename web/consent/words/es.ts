/** The words of the page of consent, in Spanish. */
import type { ConsentWords } from './en.ts';

export const es: ConsentWords = {
  title: (app) => `${app} pide entrar`,
  intro: (person, practice) =>
    `Ha iniciado sesión como ${person} en ${practice}. Usted decide qué puede ver esta ` +
    `aplicación y puede retirarlo en cualquier momento.`,
  whose: '¿El historial de quién?',
  mine: 'Mi propio historial',
  find: 'Buscar un paciente',
  findHint: 'Un nombre o una fecha de nacimiento',
  nobodyFound: 'No se encuentra a nadie con eso.',
  launched: (name) => `Para ${name}`,
  what: '¿Qué puede ver?',
  changes: 'También puede cambiar y añadir entradas',
  changesHint: 'Lo ha pedido. Sin esto, solo puede leer.',
  protectedToo: 'También la atención confidencial',
  protectedHint: 'VIH, adicciones, salud mental, sexual y reproductiva',
  identity:
    'También pregunta quién es usted. Conoce su número aquí y, si es paciente, qué historial es el suyo.',
  howLong: '¿Por cuánto tiempo?',
  oneHour: 'Solo una hora',
  whileHere: 'Solo con mi sesión abierta',
  notStaying: 'Pidió seguir conectada. Usted no se lo permite, y deberá volver a preguntarle.',
  staying:
    'Sigue conectada hasta entonces, también cuando usted no está. Puede terminarlo en cualquier momento.',
  day: 'Un día',
  month: '30 días',
  quarter: '90 días',
  year: 'Un año',
  hour: 'Puede mirar durante una hora y después debe volver a preguntarle.',
  session: 'Puede mirar mientras usted tenga la sesión iniciada aquí.',
  back: (host) =>
    `Su navegador irá entonces a ${host}. Lo que la aplicación guarde allí depende de quienes la hacen.`,
  yes: (app) => `Dejar entrar a ${app}`,
  no: 'No dejarla entrar',
  someone: 'Elija el historial de quién puede ver.',
  something: 'Deje activado al menos un tipo de datos.',
  gone: 'Esta pregunta ya no está abierta',
  goneText:
    'Ya se respondió, tardó demasiado o empezó en otro navegador. Vuelva a la aplicación y ' +
    'empiece de nuevo.',
  failed: 'No se pudo dejar entrar a la aplicación',
  failedText: 'Lo que envió no era correcto, así que nadie entró. Avise a quienes hacen la aplicación.',
  notMe: 'No soy yo: cerrar sesión',
};
