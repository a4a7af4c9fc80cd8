/** The words of the page that opens links, in Spanish. */
import type { ReceivedWords } from './en.ts';

export const es: ReceivedWords = {
  title: 'Alguien le ha enviado algo de un expediente médico',
  lead: 'Se abre aquí, en su navegador. No necesita ninguna cuenta.',
  label: 'Quien lo envía escribió',
  who: 'Su nombre y dónde trabaja',
  whoHint: 'La persona a quien pertenece el expediente ve lo que escriba aquí y cuándo lo abrió.',
  whoMissing: 'Escriba primero quién es usted.',
  passcode: 'Clave',
  passcodeHint: 'Se la dio quien le envió el enlace.',
  passcodeMissing: 'Este enlace tiene una clave. Pídasela a quien se lo envió.',
  wrongPasscode: (left) =>
    left === 0
      ? 'La clave no era correcta y no quedan intentos. Pida otro enlace a quien se lo envió.'
      : left === 1
        ? 'La clave no era correcta. Le queda un intento.'
        : `La clave no era correcta. Le quedan ${left} intentos.`,
  open: 'Abrir',
  none: 'Aquí no hay ningún enlace',
  noneText:
    'La dirección no está completa. Abra el enlace tal como lo recibió o escanee otra vez el cuadrado.',
  foreign: 'Este enlace es de otro servidor',
  foreignText:
    'Esta página solo abre enlaces de su propio servidor y no ha enviado nada a ninguna parte. Abra ' +
    'el enlace con la ' +
    'página o aplicación que le indicó quien lo envía.',
  over: 'Este enlace no se abre',
  overText:
    'Puede haber caducado, haberse agotado o haberse terminado, o no estar completo. Pida otro a ' +
    'quien se lo envió.',
  throttled: 'Demasiados intentos desde aquí',
  throttledText: 'Espere un minuto e inténtelo de nuevo.',
  damaged: 'Lo recibido no se abre con este enlace',
  damagedText: 'Puede que la dirección se haya cortado. Abra el enlace tal como lo recibió.',
  offline: 'No se puede acceder al servidor',
  offlineText: 'Compruebe su conexión e inténtelo de nuevo.',
  again: 'Intentar de nuevo',
  opened: 'Lo que le han enviado',
  openedLead:
    'Es una copia, tal como estaba cuando se creó el enlace. Cierre esta página cuando termine: no ' +
    'queda nada de ella.',
  contents: 'Qué contiene',
  summary: 'Resumen de un expediente',
  document: 'Documento',
  part: (number) => `Parte ${number}`,
  other: 'Algo que esta página no puede mostrar',
  otherText: 'Puede guardarse como archivo FHIR, para un programa que lo lea.',
  save: 'Guardar como FHIR',
  patient: 'Persona',
  name: 'Nombre',
  born: 'Nacimiento',
  gender: 'Sexo',
  made: 'Creado',
  nothing: 'No hay nada registrado bajo este título',
  sections: {
    '48765-2': 'Alergias',
    '10160-0': 'Medicamentos',
    '11450-4': 'Problemas de salud',
    '11369-6': 'Vacunas',
    '47519-4': 'Procedimientos',
    '46264-8': 'Dispositivos',
    '30954-2': 'Resultados',
    '18776-5': 'Plan de cuidados',
  },
  genders: { male: 'Hombre', female: 'Mujer', other: 'Otro', unknown: 'No se sabe' },
  yes: 'Sí',
  no: 'No',
  noValue: 'sin registrar',
  severe: 'Grave',
  /** By the codes of FHIR. */
  standings: {
    active: 'Activo',
    recurrence: 'Ha vuelto',
    relapse: 'Ha vuelto',
    inactive: 'Inactivo',
    remission: 'En remisión',
    resolved: 'Superado',
    unconfirmed: 'Sin confirmar',
    provisional: 'Aún sin confirmar',
    differential: 'Una de varias posibilidades',
    refuted: 'Descartado',
    completed: 'Terminado',
    stopped: 'Suspendido',
    draft: 'Borrador',
    unknown: 'No se sabe',
    preparation: 'Previsto',
    'entered-in-error': 'Anotado por error',
    'on-hold': 'En pausa',
    'not-done': 'No realizado',
    'in-progress': 'En curso',
    'not-taken': 'No se toma',
    intended: 'Previsto',
    cancelled: 'Cancelado',
  },
  summaryNote: 'Solo contiene lo que puede pasar quien lo envía. Que falte algo no significa que no exista.',
};
