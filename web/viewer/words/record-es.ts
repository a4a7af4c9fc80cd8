/** A whole record to take along: Spanish. */
import type { RecordWords } from './record-en.ts';

export const es: RecordWords = {
  title: { patient: 'Su historia completa', staff: 'La historia completa' },
  lead: {
    patient:
      'Todo lo que hay en esta historia en un solo archivo: un resumen para leer e imprimir, ' +
      'todos los documentos e imágenes, y lo ' +
      'mismo para los ordenadores de otras consultas. Tarda unos minutos. Mientras tanto puede ' +
      'salir de esta página.',
    staff:
      'Todo lo que usted puede leer de esta historia en un solo archivo: resumen en PDF y C-CDA, ' +
      'todos los datos (FHIR), todos los archivos.',
  },
  begin: { patient: 'Descargar mi historia completa', staff: 'Descargar la historia completa' },
  beginFor: 'Descargar esta historia completa',
  waiting: 'Empezará en un momento.',
  working: (resources) => `Se está preparando: ${resources} datos hasta ahora.`,
  workingFiles: (files, all) => `Se está preparando: archivo ${files} de ${all}.`,
  stop: 'Parar',
  ready: 'La historia está lista.',
  readyText: (size, until) => `${size}. Se queda aquí hasta ${until} y después se borra.`,
  save: 'Guardar el archivo',
  careful: 'Guárdelo solo donde otros no lo encuentren: no en un ordenador que comparte.',
  remove: 'Borrarlo ahora',
  failed: 'No ha funcionado.',
  failedText: 'No se ha guardado nada. Inténtelo otra vez. Si vuelve a fallar, dígaselo a la consulta.',
  noRoom: 'La consulta no tiene sitio para ello en este momento. Dígaselo, por favor.',
  touch: 'No se ha empezado nada, porque no se confirmó que es usted.',
  again: 'Intentarlo otra vez',
  progress: 'Por dónde va',
};
