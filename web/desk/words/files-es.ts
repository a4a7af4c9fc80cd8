/** The words of what the practice sets and keeps of files, in Spanish. */
import type { FilesWords } from './files-en.ts';

export const filesEs: FilesWords = {
  page: 'Archivos',
  lead: 'Qué acepta la consulta, qué conserva y durante cuánto tiempo.',
  closed: 'Esta página es para la dirección y la protección de datos',
  closedText: 'Pregunte a la dirección de la consulta.',
  kinds: 'Qué archivos se aceptan',
  kindsHint:
    'Imágenes, PDF, texto, radiografías y documentos clínicos, siempre. Lo que puede ejecutarse ' +
    'no se muestra nunca.',
  groups: {
    office: 'Documentos de oficina',
    videos: 'Vídeos',
    pages: 'Páginas web y dibujos que pueden ejecutarse',
    programs: 'Programas y archivos que son dos cosas a la vez',
    macros: 'Documentos de oficina con programas dentro',
    archives: 'Archivos comprimidos (ZIP y similares)',
    others: 'Todo lo demás',
  },
  handlings: { shown: 'Se acepta y se muestra', inert: 'Solo para guardar', refused: 'Se rechaza' },
  officeTaken: 'Se acepta, para sus propios programas',
  limits: 'Cuánto se conserva',
  limitsHint: 'Deje un campo vacío para tanto como dé el operador.',
  limitNames: {
    bytesOfFile: 'Un archivo, en MiB',
    bytesOfPractice: 'Todos los archivos, en GiB',
    filesOfPractice: 'Número de archivos',
    openOfPerson: 'Archivos que una persona envía a la vez',
  },
  atMost: (most) => `Como máximo ${most}`,
  originals: 'Conservar el original de las fotos',
  originalsHint:
    'Las fotos pierden dónde y cuándo se hicieron. El original queda sellado a su lado, solo para ' +
    'el personal. De tarjetas, ninguno.',
  save: 'Guardar',
  saved: 'Guardado.',
  failed: 'No ha funcionado. No se ha cambiado nada.',
  invalid: 'Algo de esto no puede ser. No se ha cambiado nada.',
  touch: 'No se ha hecho nada: hay que mostrar que está usted ahí.',
  conflict: 'Otra persona lo ha cambiado entretanto. Mire lo que hay ahora y cámbielo de nuevo.',
  apart: 'Archivos apartados',
  apartHint: 'El escáner encontró algo en ellos. Nadie puede abrirlos. Se eliminan solos a las dos semanas.',
  noneApart: 'No hay ninguno.',
  sentBy: (name) => `Enviado por ${name}`,
  somebody: 'alguien sin nombre',
  found: (finding) => `El escáner dice: ${finding}`,
  sentAt: (when) => `Enviado ${when}`,
  goneAt: (when) => `se elimina solo ${when}`,
  incident: (id) => `incidente ${id}`,
  toRecord: 'Abrir la historia',
  remove: 'Eliminar ahora',
  removed: 'El archivo se ha eliminado.',
  release: 'Es una falsa alarma',
  releaseHint: 'Se examina otra vez y se archiva donde se envió.',
  stillFound:
    'El escáner sigue encontrando lo mismo. Si está seguro, libérelo de todos modos: se podrá ' +
    'guardar y no se mostrará nunca.',
  releaseAnyway: 'Liberarlo de todos modos',
  released: 'El archivo ya está en la historia.',
  reason: 'Por qué',
  reasonHint: 'Al menos unas palabras. Se guardan selladas.',
  cancel: 'Cancelar',
  keeping: 'Cuánto tiempo se conservan los documentos',
  keepingHint:
    'Para siempre, donde no se diga nada. Varias reglas de un tipo valen juntas: cuenta la última.',
  noRules: 'Se conserva todo.',
  type: 'Tipo de documento',
  after: 'Contando desde',
  bases: {
    'last-visit': 'la última visita',
    'document-date': 'la fecha del documento',
    'birthday-18': 'los 18 años',
  },
  years: 'Años',
  rule: (type, years, base) => `${type}: ${years} años desde ${base}`,
  addRule: 'Añadir una regla',
  removeRule: 'Quitar',
  due: 'Documentos vencidos',
  dueHint: 'No se destruye nada antes de que la protección de datos lo apruebe.',
  noneDue: 'No hay nada vencido.',
  dueSince: (day) => `Vencido desde ${day}`,
  closedRecord: 'En una parte de una historia que le está cerrada',
  held: 'Retenido',
  destroyed: (when) => `Destruido ${when}`,
  approve: (count) =>
    count === 1 ? 'Destruir 1 documento para siempre' : `Destruir ${count} documentos para siempre`,
  approved: (count) =>
    count === 1 ? 'Se ha destruido 1 documento.' : `Se han destruido ${count} documentos.`,
  choose: (name) => `Elegir: ${name}`,
  holds: 'Retenciones',
  holdsHint:
    'Lo retenido no se destruye, lo apruebe quien lo apruebe, hasta que alguien termine la retención.',
  noHolds: 'No hay nada retenido.',
  wholeRecord: 'Una historia entera',
  oneDocument: 'Un documento de una historia',
  heldBy: (name, when) => `Retenido por ${name}, ${when}`,
  record: 'La historia',
  recordHint:
    'Pegue aquí la dirección de su página o su número del registro de accesos. La dirección de uno de sus ' +
    'documentos retiene solo ese documento.',
  recordWrong: 'Eso no es una dirección ni un número de historia.',
  noRecord: 'No existe esa historia.',
  hold: 'Retener',
  holdDocument: 'Retener este documento',
  thisDocument: 'Este documento',
  holdOfDocument: 'Retención',
  notHeld: 'Este documento no está retenido.',
  holdText:
    'Mientras esté retenido, nadie puede destruirlo: ni cuando acabe su plazo, ni con la historia, ni ' +
    'el original de ninguna foto de esta historia. Se puede seguir leyendo, renombrando, sustituyendo ' +
    'y retirando.',
  heldText:
    'Este documento está retenido. Hasta que termine la retención, nadie puede destruirlo: ni cuando ' +
    'acabe su plazo, ni con la historia, ni el original de ninguna foto de esta historia. Se puede ' +
    'seguir leyendo, renombrando, sustituyendo y retirando.',
  toDocument: 'Abrir el documento',
  endHold: 'Terminar la retención',
};
